"""permute and upSampling2d, alone and behind layers with weights."""

from recorder import Family


def layer(class_name, **args):
    return {"className": class_name, "args": args}


def main():
    family = Family("rearrange", 61)
    for dims in ([2, 1, 3], [3, 1, 2], [1, 2, 3]):
        family.sequential(f"permute {dims}", [3, 4, 2], [layer("permute", dims=dims)])
    family.sequential("permute of rows and columns behind dense", [3, 4],
                      [layer("dense", units=5), layer("permute", dims=[2, 1]), layer("dense", units=2)])
    for size in (2, [3, 1], [1, 2]):
        family.sequential(f"upSampling2d {size}", [2, 3, 3], [layer("upSampling2d", size=size)])
    family.sequential("upSampling2d of one pixel, batch 1", [1, 1, 1], [layer("upSampling2d", size=[4, 3])], batch=1)
    family.sequential("pixel classes: conv2d, pool, upSampling2d, reshape, permute, softmax", [4, 6, 3], [
        layer("conv2d", filters=4, kernelSize=3, padding="same", activation="relu"),
        layer("maxPooling2d", poolSize=2),
        layer("upSampling2d", size=2),
        layer("conv2d", filters=2, kernelSize=1),
        layer("permute", dims=[3, 1, 2]),
        layer("reshape", targetShape=[2, 24]),
        layer("permute", dims=[2, 1]),
        layer("activation", activation="softmax"),
    ])
    family.write()


if __name__ == "__main__":
    main()
