import { spawnSync } from 'node:child_process';

/** A Python that can import a module: that of the environment's PYTHON, else `python3` or `python`; undefined where none can. */
export function pythonWith(...modules: readonly string[]): string | undefined {
  const named = process.env.PYTHON;
  return (named === undefined ? ['python3', 'python'] : [named]).find(
    (python) => spawnSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' }).status === 0,
  );
}

/** What a Python program prints as JSON on its last line. @throws Error with what it says where it fails */
export function runPython(python: string, program: string, args: readonly string[], folder?: string): unknown {
  const { status, stdout, stderr, error } = spawnSync(python, ['-c', program, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...(folder !== undefined && { cwd: folder }),
    env: { ...process.env, MPLBACKEND: 'Agg', OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  if (status !== 0)
    throw new Error(`${python} failed: ${error?.message ?? stderr.trim().split('\n').slice(-3).join('; ')}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}
