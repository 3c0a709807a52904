/** The service `core.rootHealth`. */
import type { JsonValue } from '../config/config.ts';

/** An HTTP answer about health: 200 or 503. @public */
export interface HealthStatus {
  status: number;
  payload?: JsonValue;
}

/** Whether the process lives, and whether it may be sent requests. @public */
export interface RootHealthService {
  getLiveness(): Promise<HealthStatus>;
  /** 503 while starting and stopping, and where `vestibule.readiness` has a reason. */
  getReadiness(): Promise<HealthStatus>;
}
