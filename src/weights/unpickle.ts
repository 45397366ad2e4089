import { FormatError } from '../data/formatError.ts';
import { type PickleStream, pickleStream } from './pickleStream.ts';

/** What a pickle may name: it makes a value of arguments that are values themselves. Nothing of the file is ever run. */
export interface PickleCallable {
  readonly make: (args: readonly PickleValue[]) => PickleValue;
}
/** What a pickle holds; dictionaries are maps, tuples and sets are lists; objects are those that the callables made. */
export type PickleValue =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | object;

export interface PickleRules {
  /** What `module.name` stands for; undefined for what is not read, which is an error. */
  readonly global: (module: string, name: string) => PickleValue | undefined;
  /** What lies outside of the pickle. */
  readonly persistent: (id: PickleValue) => PickleValue;
}

/** A value in words; of lists and dictionaries only that, for they may hold themselves. */
export const spelled = (value: PickleValue): string => {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return String(value);
};

const isCallable = (value: PickleValue): value is PickleCallable =>
  typeof value === 'object' && value !== null && 'make' in value && typeof value.make === 'function';

/**
 * Reads one pickle of protocol 0 to 5, as data alone: what it calls must be among the rules, everything else is refused by name.
 * Each opcode costs a bounded amount of work and memory, so that a pickle of n bytes needs O(n).
 *
 * @returns the value, and where the pickle ends
 * @throws FormatError for a damaged pickle, or one that asks for anything beyond the rules
 * @see CPython, Lib/pickletools.py
 */
export function unpickle(
  bytes: Uint8Array,
  at: number,
  name: string,
  rules: PickleRules,
): { readonly value: PickleValue; readonly end: number } {
  const stream = pickleStream(bytes, at, name);
  const memo = new Map<number, PickleValue>();
  const outer: PickleValue[][] = []; // stacks below the marks
  let stack: PickleValue[] = [];

  const pop = (): PickleValue => {
    if (stack.length === 0) throw stream.error('the pickle takes a value that is not there; is the file damaged?');
    return stack.pop();
  };
  const top = (): PickleValue => {
    if (stack.length === 0) throw stream.error('the pickle reads a value that is not there; is the file damaged?');
    return stack[stack.length - 1];
  };
  /** The values since the last mark. */
  const marked = (): PickleValue[] => {
    const values = stack;
    const below = outer.pop();
    if (below === undefined) throw stream.error('the pickle goes back to a mark that is not there; is it damaged?');
    stack = below;
    return values;
  };
  const list = (): PickleValue[] => {
    const value = top();
    if (!Array.isArray(value)) throw stream.error('the pickle appends to what is no list');
    return value;
  };
  const put = (values: readonly PickleValue[]) => {
    const map = top();
    if (!(map instanceof Map)) throw stream.error('the pickle sets an item of what is no dictionary');
    if (values.length % 2 === 1) throw stream.error('the pickle sets a key without a value');
    for (let i = 0; i < values.length; i += 2) map.set(values[i], values[i + 1]);
  };
  const dictionary = (values: readonly PickleValue[]) => {
    stack.push(new Map());
    put(values);
  };
  const remember = (key: number) => memo.set(key, top());
  const recall = (key: number) => {
    if (!memo.has(key)) throw stream.error(`the pickle recalls value ${key}, which it never kept; is it damaged?`);
    stack.push(memo.get(key));
  };
  const named = (module: PickleValue, attribute: PickleValue) => {
    const found =
      typeof module === 'string' && typeof attribute === 'string' ? rules.global(module, attribute) : undefined;
    if (found === undefined)
      throw stream.error(
        `the pickle asks for ${spelled(module)}.${spelled(attribute)}; only tensors are read, and no code is run. ` +
          'In Python, save the state alone: torch.save(model.state_dict(), file)',
      );
    stack.push(found);
  };
  const call = (callable: PickleValue, args: PickleValue) => {
    if (!isCallable(callable) || !Array.isArray(args)) throw stream.error('the pickle calls what is no function');
    try {
      stack.push(callable.make(args));
    } catch (error) {
      if (error instanceof FormatError) throw stream.error(error.message);
      throw error;
    }
  };
  const build = () => {
    pop(); // attributes, such as the _metadata of a state: nothing computes with them
    if (!(top() instanceof Map)) throw stream.error('the pickle sets attributes of what is no dictionary');
  };

  for (;;) {
    const opcode = stream.byte('an opcode');
    switch (opcode) {
      case 0x80: {
        const protocol = stream.byte('the protocol');
        if (protocol > 5) throw stream.error(`the pickle is of protocol ${protocol}; up to 5 is read`);
        break;
      }
      case 0x95: // FRAME
        stream.count(8, 'a frame');
        break;
      case 0x2e: // STOP
        return { value: pop(), end: stream.at };

      case 0x28: // MARK
        outer.push(stack);
        stack = [];
        break;
      case 0x30: // POP
        if (stack.length > 0) stack.pop();
        else marked();
        break;
      case 0x31: // POP_MARK
        marked();
        break;
      case 0x32: // DUP
        stack.push(top());
        break;

      case 0x4e: // NONE
        stack.push(null);
        break;
      case 0x88: // NEWTRUE
        stack.push(true);
        break;
      case 0x89: // NEWFALSE
        stack.push(false);
        break;
      case 0x4a: // BININT
        stack.push(stream.int32('a number'));
        break;
      case 0x4b: // BININT1
        stack.push(stream.byte('a number'));
        break;
      case 0x4d: // BININT2
        stack.push(stream.count(2, 'a number'));
        break;
      case 0x8a: // LONG1
        stack.push(long(stream, stream.byte('the length of a number')));
        break;
      case 0x8b: // LONG4
        stack.push(long(stream, stream.count(4, 'the length of a number')));
        break;
      case 0x49: // INT
      case 0x4c: // LONG
        stack.push(decimal(stream));
        break;
      case 0x46: // FLOAT
        stack.push(Number(stream.line('a number')));
        break;
      case 0x47: // BINFLOAT
        stack.push(stream.float64BigEndian('a number'));
        break;

      case 0x58: // BINUNICODE
      case 0x54: // BINSTRING, of Python 2
        stack.push(stream.text(stream.count(4, 'the length of a text'), 'a text'));
        break;
      case 0x8c: // SHORT_BINUNICODE
      case 0x55: // SHORT_BINSTRING
        stack.push(stream.text(stream.byte('the length of a text'), 'a text'));
        break;
      case 0x8d: // BINUNICODE8
        stack.push(stream.text(stream.count(8, 'the length of a text'), 'a text'));
        break;
      case 0x56: // UNICODE
        stack.push(stream.line('a text'));
        break;
      case 0x43: // SHORT_BINBYTES
        stack.push(stream.bytes(stream.byte('the length of bytes'), 'bytes'));
        break;
      case 0x42: // BINBYTES
        stack.push(stream.bytes(stream.count(4, 'the length of bytes'), 'bytes'));
        break;
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        stack.push(stream.bytes(stream.count(8, 'the length of bytes'), 'bytes'));
        break;

      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
      case 0x8f: // EMPTY_SET
        stack.push([]);
        break;
      case 0x61: {
        // APPEND
        const value = pop();
        list().push(value);
        break;
      }
      case 0x65: // APPENDS
      case 0x90: {
        // ADDITEMS
        const values = marked();
        const to = list();
        for (const value of values) to.push(value);
        break;
      }
      case 0x6c: // LIST
      case 0x74: // TUPLE
      case 0x91: {
        // FROZENSET
        const values = marked();
        stack.push(values);
        break;
      }
      case 0x85: // TUPLE1
        stack.push([pop()]);
        break;
      case 0x86: {
        // TUPLE2
        const second = pop();
        stack.push([pop(), second]);
        break;
      }
      case 0x87: {
        // TUPLE3
        const third = pop();
        const second = pop();
        stack.push([pop(), second, third]);
        break;
      }
      case 0x7d: // EMPTY_DICT
        stack.push(new Map());
        break;
      case 0x64: // DICT
        dictionary(marked());
        break;
      case 0x73: {
        // SETITEM
        const value = pop();
        const key = pop();
        put([key, value]);
        break;
      }
      case 0x75: // SETITEMS
        put(marked());
        break;

      case 0x63: {
        // GLOBAL
        const module = stream.line('a module');
        named(module, stream.line('a name'));
        break;
      }
      case 0x93: {
        // STACK_GLOBAL
        const attribute = pop();
        named(pop(), attribute);
        break;
      }
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ
        const args = pop();
        call(pop(), args);
        break;
      }
      case 0x62: // BUILD
        build();
        break;
      case 0x51: // BINPERSID
        stack.push(rules.persistent(pop()));
        break;

      case 0x68: // BINGET
        recall(stream.byte('a place in the memory'));
        break;
      case 0x6a: // LONG_BINGET
        recall(stream.count(4, 'a place in the memory'));
        break;
      case 0x67: // GET
        recall(Number(stream.line('a place in the memory')));
        break;
      case 0x71: // BINPUT
        remember(stream.byte('a place in the memory'));
        break;
      case 0x72: // LONG_BINPUT
        remember(stream.count(4, 'a place in the memory'));
        break;
      case 0x70: // PUT
        remember(Number(stream.line('a place in the memory')));
        break;
      case 0x94: // MEMOIZE
        remember(memo.size);
        break;

      default:
        stream.at--;
        throw stream.error(
          `opcode 0x${opcode.toString(16).padStart(2, '0')} is not read: it is damaged or makes objects, and only tensors are read`,
        );
    }
  }
}

/** A number of two's complement. @throws FormatError beyond 256 bytes, which no count has */
function long(stream: PickleStream, length: number): number | bigint {
  if (length > 256) throw stream.error(`a number has ${length} bytes; is the file damaged?`);
  const bytes = stream.bytes(length, 'a number');
  let value = 0n;
  for (let i = length - 1; i >= 0; i--) value = value * 256n + BigInt(bytes[i] ?? 0);
  const signed = BigInt.asIntN(8 * length, value);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}

/** A whole number as text, or 01 and 00, which are True and False. */
function decimal(stream: PickleStream): number | boolean {
  const text = stream.line('a number');
  if (text === '01' || text === '00') return text === '01';
  const value = Number(text.replace(/L$/, ''));
  if (!Number.isSafeInteger(value)) throw stream.error(`'${text.slice(0, 30)}' is no whole number`);
  return value;
}
