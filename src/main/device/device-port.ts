import type { JsonObject, NetworkState, Result } from '#shared';

/** The device's network. Simulated now; NetworkManager's form comes later behind the same port. */
export interface NetworkPort {
  state(): NetworkState;
  /** Calls back after every change; the returned function ends it. */
  onChange(listener: (state: NetworkState) => void): () => void;
  scan(): Promise<void>;
  /** A wrong password is the failure `network/wrong-password`. Passwords are never kept or logged. */
  connect(request: {
    readonly ssid: string;
    readonly password?: string;
    readonly hidden?: boolean;
  }): Promise<Result<void>>;
  dispose(): void;
}

/** What provisioning applies to the machine. */
export interface DeviceSettings {
  readonly language: string;
  readonly region: string;
  readonly timeZone: string;
  readonly deviceName: string;
  readonly user?: {
    readonly fullName: string;
    readonly userName: string;
    /** Never the password itself. Absent for a profile without one. */
    readonly passwordHash?: string;
  };
}

/** Applies settings to the device. The simulated form writes them to the home folder. */
export interface ProvisioningPort {
  apply(request: {
    readonly settings: DeviceSettings;
    readonly signal: AbortSignal;
    readonly onProgress: (percent: number, message: string) => void;
  }): Promise<Result<JsonObject>>;
}
