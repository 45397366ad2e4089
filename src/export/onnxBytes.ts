import { PbfWriter } from 'pbf';
import {
  type OnnxAttr,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxSide,
  type OnnxTensor,
  type OnnxValueInfo,
  onnxTypes,
} from './onnxModel.ts';

/** The largest message that protobuf allows. */
const limit = 2 ** 31 - 1;

/**
 * An ONNX model as the bytes of its file.
 *
 * @throws RangeError for a model of 2 GiB or more, which protobuf cannot hold
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export function onnxBytes(model: OnnxModel): Uint8Array {
  const weights = model.graph.constants.reduce((sum, { numbers }) => sum + numbers.byteLength, 0);
  if (weights >= limit)
    throw new RangeError(
      `toOnnx: ${weights} bytes of weights; an ONNX file holds less than ${limit}, export the parts of the model one by one`,
    );
  const writer = new PbfWriter(new Uint8Array(weights + 65_536)); // room for the weights, so that they move once
  writeModel(model, writer);
  return writer.finish();
}

/** Writes one message; the number of each field is that of onnx.proto. */
type Write<T> = (message: T, to: PbfWriter) => void;

const writeModel: Write<OnnxModel> = ({ graph, name, opset, irVersion, producer, metadata }, to) => {
  to.writeVarintField(1, irVersion);
  to.writeStringField(2, producer.name);
  to.writeStringField(3, producer.version);
  to.writeMessage(7, writeGraph, { ...graph, name });
  to.writeMessage(8, writeOpset, opset);
  for (const entry of Object.entries(metadata)) to.writeMessage(14, writeEntry, entry);
};

const writeOpset: Write<number> = (version, to) => {
  to.writeStringField(1, ''); // the operators of ONNX itself
  to.writeVarintField(2, version);
};

const writeEntry: Write<readonly [key: string, value: string]> = ([key, value], to) => {
  to.writeStringField(1, key);
  to.writeStringField(2, value);
};

const writeGraph: Write<OnnxGraph & { readonly name: string }> = ({ nodes, name, constants, inputs, outputs }, to) => {
  for (const node of nodes) to.writeMessage(1, writeNode, node);
  to.writeStringField(2, name);
  for (const tensor of constants) to.writeMessage(5, writeTensor, tensor);
  for (const input of inputs) to.writeMessage(11, writeValueInfo, input);
  for (const output of outputs) to.writeMessage(12, writeValueInfo, output);
};

const writeNode: Write<OnnxNode> = ({ inputs, outputs, name, op, attrs }, to) => {
  for (const input of inputs) to.writeStringField(1, input);
  for (const output of outputs) to.writeStringField(2, output);
  to.writeStringField(3, name);
  to.writeStringField(4, op);
  for (const attr of Object.entries(attrs)) to.writeMessage(5, writeAttr, attr);
};

const writeAttr: Write<readonly [name: string, value: OnnxAttr]> = ([name, value], to) => {
  to.writeStringField(1, name);
  if (typeof value === 'number') {
    to.writeVarintField(3, value);
    to.writeVarintField(20, 2); // INT
  } else if (typeof value === 'string') {
    to.writeBytesField(4, new TextEncoder().encode(value));
    to.writeVarintField(20, 3); // STRING
  } else if ('float' in value) {
    to.writeFloatField(2, value.float);
    to.writeVarintField(20, 1); // FLOAT
  } else {
    for (const item of value) to.writeVarintField(8, item);
    to.writeVarintField(20, 7); // INTS
  }
};

const writeTensor: Write<OnnxTensor> = ({ shape, type, name, numbers }, to) => {
  for (const side of shape) to.writeVarintField(1, side);
  to.writeVarintField(2, onnxTypes[type]);
  to.writeStringField(8, name);
  to.writeBytesField(9, new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
};

const writeValueInfo: Write<OnnxValueInfo> = ({ name, ...form }, to) => {
  to.writeStringField(1, name);
  to.writeMessage(2, (info: typeof form, type) => type.writeMessage(1, writeForm, info), form);
};

const writeForm: Write<Omit<OnnxValueInfo, 'name'>> = ({ shape, type }, to) => {
  to.writeVarintField(1, onnxTypes[type]);
  to.writeMessage(2, writeShape, shape);
};

const writeShape: Write<readonly OnnxSide[]> = (shape, to) => {
  for (const side of shape) to.writeMessage(1, writeSide, side);
};

const writeSide: Write<OnnxSide> = (side, to) => {
  if (typeof side === 'number') to.writeVarintField(1, side);
  else to.writeStringField(2, side);
};
