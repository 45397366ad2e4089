import { PbfWriter } from 'pbf';

/** A value of a summary, by its tag. */
export type SummaryValue =
  | { readonly tag: string; readonly scalar: number }
  /** A JPEG or PNG file. */
  | { readonly tag: string; readonly image: Uint8Array; readonly size: readonly [height: number, width: number] }
  /** Markdown. */
  | { readonly tag: string; readonly text: string };

/** What TensorBoard calls an event. */
export interface TensorBoardEvent {
  /** Seconds since 1970. */
  readonly time: number;
  readonly step: number;
  /** First in each file. */
  readonly fileVersion?: string;
  /** A program began: what was told of this step and later ones is no longer true. */
  readonly began?: true;
  readonly values?: readonly SummaryValue[];
}

/** The version of the format, which the first event of a file tells. */
export const fileVersion = 'brain.Event:2';

/** The bytes of an event. The number of each field is that of event.proto. @see tensorflow/tensorboard, compat/proto */
export function eventBytes({ time, step, fileVersion, began, values = [] }: TensorBoardEvent): Uint8Array {
  const to = new PbfWriter();
  to.writeDoubleField(1, time);
  to.writeVarintField(2, step);
  if (fileVersion !== undefined) to.writeStringField(3, fileVersion);
  if (values.length > 0) to.writeMessage(5, writeSummary, values);
  if (began) to.writeMessage(7, writeStart, undefined);
  return to.finish();
}

/** Writes one message. */
type Write<T> = (message: T, to: PbfWriter) => void;

const writeStart: Write<undefined> = (_, to) => to.writeVarintField(1, 1); // SessionLog.status: START

const writeSummary: Write<readonly SummaryValue[]> = (values, to) => {
  for (const value of values) to.writeMessage(1, writeValue, value);
};

const writeValue: Write<SummaryValue> = (value, to) => {
  to.writeStringField(1, value.tag);
  if ('scalar' in value) to.writeFloatField(2, value.scalar);
  else if ('image' in value) to.writeMessage(4, writeImage, value);
  else {
    to.writeMessage(8, writeText, value.text);
    to.writeMessage(9, writePlugin, 'text');
  }
};

const writeImage: Write<Extract<SummaryValue, { image: Uint8Array }>> = ({ image, size: [height, width] }, to) => {
  to.writeVarintField(1, height);
  to.writeVarintField(2, width);
  to.writeVarintField(3, 3); // RGB
  to.writeBytesField(4, image);
};

/** A tensor of one string. */
const writeText: Write<string> = (text, to) => {
  to.writeVarintField(1, 7); // DT_STRING
  to.writeMessage(
    2,
    (one: number, shape) => shape.writeMessage(2, (side: number, dim) => dim.writeVarintField(1, side), one),
    1,
  );
  to.writeBytesField(8, new TextEncoder().encode(text));
};

/** Metadata of a summary: the plugin that shows it. */
const writePlugin: Write<string> = (name, to) => {
  to.writeMessage(1, (plugin: string, data) => data.writeStringField(1, plugin), name);
  to.writeVarintField(4, 2); // DATA_CLASS_TENSOR
};
