import { caltechProtocols, type Protocol } from './protocol.ts';

/** A row of the table: a benchmark's setting and where it is written down. */
export interface BenchmarkProtocol extends Protocol {
  readonly benchmark: Benchmark;
  readonly source: string;
}

export type Benchmark =
  | 'Caltech'
  | 'Caltech new'
  | 'KAIST'
  | 'KAIST Sejong'
  | 'CityPersons'
  | 'EuroCity'
  | 'CrowdHuman';

const inf = Number.POSITIVE_INFINITY;
const anywhere = [-inf, -inf, inf, inf] as const;
/** 10^-2, 10^-1.75 ... to four places, as CrowdHuman's evaluation has them. */
const rounded = [0.01, 0.0178, 0.0316, 0.0562, 0.1, 0.1778, 0.3162, 0.5623, 1] as const;

const caltech = caltechProtocols.map(
  (row): BenchmarkProtocol => ({ ...row, benchmark: 'Caltech', source: 'Dollar et al., 2012; dbEval.m 3.2.1' }),
);

/** bbLoad's closed ranges; the ground truth is brought to .41, the detections are not. Never to be mixed with 'Caltech'. */
const caltechNew = {
  ...caltechProtocols[0],
  benchmark: 'Caltech new',
  source: 'Zhang et al., 2016; Pedestron a8ce101, tools/caltech/eval_caltech/dbEval.m; bbGt.m 3.26',
  labels: ['person', 'person?', 'people'],
  ignored: ['ignore'],
  rules: { greatestHeight: 'included', visibility: 'bbLoad', detections: 'as they are' },
} as const;

const kaist = {
  benchmark: 'KAIST',
  source: 'Hwang et al., 2015; Li et al., 2018, MSDS-RCNN 9f141d7, kaist_eval_full.m',
  labels: ['person'],
  ignored: ['people', 'person?', 'cyclist'],
  visible: [0, inf],
  bounds: [4, 4, 506, 634], // x [5 635], y [5 507] there, of pixels from 1; the readers of its texts count from 0
  aspect: undefined,
  expand: inf, // no filter
  overlap: 0.5,
} as const;
const seen = (occlusion: readonly ('none' | 'partial' | 'heavy')[]) =>
  ({ greatestHeight: 'included', occlusion }) as const;
const [unhidden, reasonable] = [seen(['none']), seen(['none', 'partial'])];

/**
 * The Python that most papers since 2021 use, without its mistakes; it rounds the references, by which day is 7.96 and
 * not 7.95 for MLPD. Its JSON has boxes from 1, which stay so beside result files that are taken as they are.
 */
const sejong = {
  ...kaist,
  benchmark: 'KAIST Sejong',
  source: 'Kim et al., 2021, MLPD, evaluation_script.py',
  bounds: [5, 5, 507, 635],
} as const;
const [day, night] = [
  [0, 1, 2, 6, 7, 8],
  [3, 4, 5, 9, 10, 11],
] as const;

const city = {
  benchmark: 'CityPersons',
  labels: ['pedestrian'],
  ignored: ['ignore region', 'rider', 'sitting person', 'other person', 'people group'],
  bounds: anywhere,
  aspect: undefined,
  expand: 1.25,
  overlap: 0.5,
  rules: { greatestHeight: 'included' },
} as const;
const official = { ...city, source: 'Zhang et al., 2017; CityPersons 839c22f, eval_MR_multisetup.py' } as const;
const usual = { ...city, source: 'usage since Wang et al., 2018 (RepLoss); not in the benchmark' } as const;

const ecp = {
  benchmark: 'EuroCity',
  source: 'Braun et al., 2019; ECPB, params.py and match.py',
  labels: ['pedestrian'],
  ignored: ['rider', 'person-group-far-away'],
  visible: [0, inf],
  bounds: anywhere,
  aspect: undefined,
  expand: 1.25,
  overlap: 0.5,
} as const;
const ecpRules = (occluded: readonly [number, number]) =>
  ({
    greatestHeight: 'included',
    leastDetection: 'excluded',
    occluded,
    truncated: [-inf, occluded[1]],
    regions: ['person-group-far-away'],
    unlisted: 'dropped',
    droppedTags: ['depiction'],
    clip: [0, 0, 1024, 1920],
  }) as const;

const crowdHuman = {
  benchmark: 'CrowdHuman',
  source: 'Shao et al., 2018; CrowdDet, lib/evaluate',
  ignored: ['mask'],
  height: [-inf, inf],
  visible: [-inf, inf],
  bounds: anywhere,
  aspect: undefined,
  expand: 1,
  overlap: 0.5,
  rules: { clip: 'image', match: 'exceeded', reference: 'first', references: rounded },
} as const;

/**
 * The settings of the pedestrian benchmarks. Labels are those that this library's readers give. A miss rate is to be
 * compared only with others of the same row.
 */
export const benchmarkProtocols: readonly BenchmarkProtocol[] = [
  ...caltech,
  { ...caltechNew, name: 'Reasonable', height: [50, inf], visible: [0.65, inf] },
  { ...caltechNew, name: 'All', height: [20, inf], visible: [0.2, inf] },
  { ...caltechNew, name: 'Small', height: [50, 75], visible: [0.65, inf] },
  { ...caltechNew, name: 'Occ=heavy', height: [50, inf], visible: [0.2, 0.65] },
  { ...kaist, name: 'Reasonable-all', height: [55, inf], rules: reasonable },
  { ...kaist, name: 'Reasonable-day', height: [55, inf], rules: { ...reasonable, sets: day } },
  { ...kaist, name: 'Reasonable-night', height: [55, inf], rules: { ...reasonable, sets: night } },
  { ...kaist, name: 'Scale=near', height: [115, inf], rules: unhidden },
  { ...kaist, name: 'Scale=medium', height: [45, 115], rules: unhidden },
  { ...kaist, name: 'Scale=far', height: [1, 45], rules: unhidden },
  { ...kaist, name: 'Occ=none', height: [1, inf], rules: unhidden },
  { ...kaist, name: 'Occ=partial', height: [1, inf], rules: seen(['partial']) },
  { ...kaist, name: 'Occ=heavy', height: [1, inf], rules: seen(['heavy']) },
  { ...sejong, name: 'Reasonable', height: [55, inf], rules: reasonable },
  { ...sejong, name: 'Reasonable_day', height: [55, inf], rules: { ...reasonable, sets: day } },
  { ...sejong, name: 'Reasonable_night', height: [55, inf], rules: { ...reasonable, sets: night } },
  { ...sejong, name: 'Reasonable_small', height: [50, 75], rules: reasonable },
  { ...sejong, name: 'Reasonable_occ=heavy', height: [50, inf], rules: seen(['heavy']) },
  { ...sejong, name: 'All', height: [20, inf], rules: seen(['none', 'partial', 'heavy']) },
  { ...official, name: 'Reasonable', height: [50, inf], visible: [0.65, inf] },
  { ...official, name: 'Small', height: [50, 75], visible: [0.65, inf] },
  { ...official, name: 'Heavy', height: [50, inf], visible: [0.2, 0.65] },
  { ...official, name: 'All', height: [20, inf], visible: [0.2, inf] },
  { ...usual, name: 'Bare', height: [50, inf], visible: [0.9, inf] },
  { ...usual, name: 'Partial', height: [50, inf], visible: [0.65, 0.9] },
  { ...ecp, name: 'Reasonable', height: [40, inf], rules: ecpRules([-inf, 40]) },
  { ...ecp, name: 'Small', height: [30, 60], rules: ecpRules([-inf, 40]) },
  { ...ecp, name: 'Occluded', height: [40, inf], rules: ecpRules([40, 80]) },
  { ...ecp, name: 'All', height: [20, inf], rules: ecpRules([-inf, 80]) },
  { ...crowdHuman, name: 'Full body', labels: ['person'] },
  { ...crowdHuman, name: 'Head', labels: ['head', 'person'] },
];

/** The row of that name. @throws RangeError where the table has none */
export function benchmarkProtocol(benchmark: Benchmark, name: string): BenchmarkProtocol {
  const rows = benchmarkProtocols.filter((row) => row.benchmark === benchmark);
  const row = rows.find((row) => row.name === name);
  if (row === undefined)
    throw new RangeError(
      rows.length === 0
        ? `benchmarkProtocol: no benchmark is called ${benchmark}; there are ${[...new Set(benchmarkProtocols.map((row) => row.benchmark))].join(', ')}`
        : `benchmarkProtocol: ${benchmark} has no ${name}; it has ${rows.map((row) => row.name).join(', ')}`,
    );
  return row;
}
