/** What crosses the seam about backends that are loaded at run time, and their devices. */

/** The files of a backend that is loaded at run time, by absolute path. */
export interface PluginFiles {
  readonly plugin: string;
  /** What the plugin needs, in the order to open them. */
  readonly libraries: readonly string[];
}

/** A device as the plugin sees it. */
export interface DeviceReport {
  /** As CUDA counts, after CUDA_VISIBLE_DEVICES. */
  readonly index: number;
  readonly name: string;
  /** 90 for 9.0. */
  readonly computeCapability: number;
  readonly multiprocessors: number;
  readonly totalBytes: number;
  readonly freeBytes: number;
  readonly uuid: string;
  /** What plans are made from. */
  readonly properties: string;
  /** Why it cannot be used; empty: it can. */
  readonly problem: string;
}

/** Versions as CUDA and cuDNN number them: 13000 is CUDA 13.0, 92400 is cuDNN 9.24.0. */
export interface PluginReport {
  /** The highest CUDA version that the driver knows; 0: none. */
  readonly driverVersion: number;
  readonly runtimeVersion: number;
  readonly builtForRuntime: number;
  readonly cudnnVersion: number;
  readonly builtForCudnn: number;
  /** The CUDA version that cuDNN was built for. */
  readonly cudnnRuntime: number;
  /** Why no device can be used; empty: at least one can. */
  readonly problem: string;
  readonly remedy: string;
  readonly devices: readonly DeviceReport[];
}
