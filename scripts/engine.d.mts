export const passes: string;
export function buildEngine(): Promise<void>;
