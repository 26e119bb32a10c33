import { data, type Tensor } from 'node-cudnn';

/** Fashion-MNIST as AlexNet8 takes it: 32x32, three equal channels, uint8. */
export interface FashionImages {
  readonly train: { readonly images: Tensor; readonly labels: Tensor };
  readonly test: { readonly images: Tensor; readonly labels: Tensor };
  readonly classNames: readonly string[];
}

function asColour(images: Tensor): Tensor {
  return data.repeatChannels(data.padImages(images, 32, 32), 3);
}

/** Reads Fashion-MNIST and pads every 28x28 image to 32x32 with three equal channels. */
export async function fashionImages(): Promise<FashionImages> {
  const { train, test, classNames } = await data.fashionMnist();
  return {
    train: { images: asColour(train.images), labels: train.labels },
    test: { images: asColour(test.images), labels: test.labels },
    classNames,
  };
}
