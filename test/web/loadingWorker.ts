import { serveLoading } from '../../src/web.ts';

serveLoading();
