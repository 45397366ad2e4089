export { finish } from './convolutionFinish.generated';
