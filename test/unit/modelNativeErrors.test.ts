/** Errors of native code become instances of the right class. */
import * as api from '../../lib/index.js';
import { fromNative, NativeError } from '../../lib/errors/native.js';

describe('an error of native code', () => {
  it.each([
    ['ERR_SHAPE', api.ShapeError],
    ['ERR_DATA', api.DataError],
    ['ERR_OPTION', api.OptionError],
    ['ERR_BACKEND', api.BackendError],
    ['ERR_OUT_OF_MEMORY', api.OutOfMemoryError],
    ['ERR_FORMAT', api.FormatError],
    ['ERR_DISPOSED', api.DisposedError],
    ['ERR_MODEL_BUSY', api.ModelBusyError],
    ['ERR_ABORTED', api.AbortedError],
    ['ERR_NOT_FINITE', api.NotFiniteError],
    ['ERR_UNSUPPORTED', api.UnsupportedError],
    ['ERR_IO', api.IoError],
    ['ERR_OPTIONAL_DEPENDENCY', api.OptionalDependencyError],
    ['ERR_INTERNAL', api.InternalError],
  ] as const)('%s has its class', (code, errorClass) => {
    const error = new NativeError('expected more', { code, place: "conv2d 'c'" });
    expect(error).toBeInstanceOf(errorClass);
    expect(error).toBeInstanceOf(api.NodeCudnnError);
    expect(error).toMatchObject({
      code,
      place: "conv2d 'c'",
      message: "conv2d 'c': expected more",
      name: code === 'ERR_ABORTED' ? 'AbortError' : errorClass.name,
    });
  });

  it('names its place once', () => {
    expect(fromNative("conv2d 'c': too small", 'ERR_SHAPE', "conv2d 'c'").message).toBe(
      "conv2d 'c': too small",
    );
    expect(fromNative('no place', 'ERR_SHAPE').message).toBe('no place');
  });

  it('of an unknown code is internal, and says the code', () => {
    expect(fromNative('odd', 'ERR_ODD')).toMatchObject({
      code: 'ERR_INTERNAL',
      details: { code: 'ERR_ODD' },
    });
    expect(fromNative('odd', 'constructor').code).toBe('ERR_INTERNAL');
  });
});
