import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NodeCudnnError, type LayersModel, type Predictor, type Tensor } from 'node-cudnn';

export interface ServerOptions {
  /** Of the loopback interface. Default 0: one that is free. */
  readonly port?: number;
  /** Bytes of one image, as requests send them. */
  readonly imageBytes: number;
  readonly classNames: readonly string[];
  /** What GET /health tells of the training. */
  readonly training?: () => Readonly<Record<string, unknown>>;
}

export interface PredictionServer {
  readonly port: number;
  /** Answers what was asked, and takes no more. */
  close(): Promise<void>;
}

/** Answers POST /predict (the bytes of one image) and GET /health with JSON. */
export async function servePredictions(
  model: LayersModel<Tensor>,
  options: ServerOptions,
): Promise<PredictionServer> {
  const predictor = model.predictor({ maxBatch: 64, maxWait: 2, maxQueue: 1000 });
  let closing = false;
  const server = createServer((request, response) => {
    const answer =
      request.url === '/health'
        ? answerHealth(response, closing, { pending: predictor.pending, ...options.training?.() })
        : answerPrediction(request, response, predictor, options);
    answer.catch((error: unknown) => {
      refuse(response, error);
    });
  });
  await new Promise<void>((resolve, fail) => {
    server.once('error', fail);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      closing = true;
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await closed;
      await predictor.close();
    },
  };
}

async function answerPrediction(
  request: IncomingMessage,
  response: ServerResponse,
  predictor: Predictor<Tensor>,
  { imageBytes, classNames }: ServerOptions,
): Promise<void> {
  if (request.url !== '/predict' || request.method !== 'POST') {
    send(response, 404, { error: 'POST an image to /predict, or GET /health' });
    return;
  }
  const image = await bodyOf(request, imageBytes);
  if (image === undefined) {
    send(response, 400, { error: `expected ${String(imageBytes)} bytes, one for each pixel` });
    return;
  }
  const probabilities = Array.from((await predictor.predict(image)).dataSync());
  const label = probabilities.indexOf(Math.max(...probabilities));
  send(response, 200, { label, name: classNames[label], probabilities });
}

/** The body, or undefined where it has another length. */
async function bodyOf(request: IncomingMessage, length: number): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    total += chunk.length;
    if (total > length) return undefined;
    chunks.push(chunk);
  }
  return total === length ? Buffer.concat(chunks) : undefined;
}

function answerHealth(response: ServerResponse, closing: boolean, state: object): Promise<void> {
  send(response, closing ? 503 : 200, { closing, ...state });
  return Promise.resolve();
}

function refuse(response: ServerResponse, error: unknown): void {
  const code = error instanceof NodeCudnnError ? error.code : 'ERR_INTERNAL';
  const statuses: Readonly<Record<string, number>> = {
    ...{ ERR_SHAPE: 400, ERR_DATA: 400, ERR_NOT_FINITE: 400 },
    ...{ ERR_MODEL_BUSY: 503, ERR_DISPOSED: 503 },
  };
  const status = statuses[code] ?? 500;
  if (status === 503) response.setHeader('Retry-After', '1');
  send(response, status, { code, error: error instanceof Error ? error.message : String(error) });
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}
