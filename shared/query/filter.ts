/**
 * The filter language of the tables: `codec:h264 loss>1 from:0906* not (state:failed or dst:"10.0.0.1:5060")`.
 * Terms that stand side by side must all hold; `or`, `not` and parentheses do what they say.
 * A bare word is looked for in every column.
 */
export type Comparison = ':' | '=' | '!=' | '<' | '<=' | '>' | '>=';

export type FilterNode =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly FilterNode[] }
  | { readonly kind: 'not'; readonly operand: FilterNode }
  | { readonly kind: 'text'; readonly value: string; readonly position: number }
  | {
      readonly kind: 'compare';
      readonly field: string;
      readonly comparison: Comparison;
      readonly value: string;
      readonly position: number;
    };

export interface FilterError {
  readonly message: string;
  /** 0-based character in the filter's text. */
  readonly position: number;
}

export type FilterParse =
  | { readonly ok: true; readonly filter: FilterNode | null }
  | { readonly ok: false; readonly error: FilterError };

interface Token {
  readonly kind: 'word' | 'string' | 'comparison' | 'open' | 'close';
  readonly text: string;
  readonly position: number;
  /** No white space between this token and the one before. */
  readonly isAttached: boolean;
}

const tokenPattern = /\s*(?:"((?:[^"\\]|\\.)*)("?)|(!=|<=|>=|==|[:=<>])|(\()|(\))|((?:[^\s()"<>=!:]|!(?!=)|:(?=:))+))/y;
const maxDepth = 50;

class SyntaxFault extends Error {
  constructor(
    message: string,
    readonly position: number,
  ) {
    super(message);
  }
}

/** Parses a filter; an empty one is `null`. Errors say which character is wrong. */
export function parseFilter(text: string): FilterParse {
  try {
    const parser = new Parser(tokenize(text), text.length);
    return { ok: true, filter: parser.parse() };
  } catch (error) {
    if (error instanceof SyntaxFault) return { ok: false, error: { message: error.message, position: error.position } };
    throw error;
  }
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  while (/\S/.test(text.slice(tokenPattern.lastIndex))) {
    const from = tokenPattern.lastIndex;
    const match = tokenPattern.exec(text);
    if (!match)
      throw new SyntaxFault(`Unexpected '${text.slice(from).trimStart()[0]}'.`, from + leadingSpace(text, from));
    const [whole, quoted, closing, comparison, open, close, word] = match;
    const lead = leadingSpace(whole, 0);
    const position = from + lead;
    const isAttached = lead === 0 && from > 0;
    if (quoted !== undefined) {
      if (!closing) throw new SyntaxFault('This quotation mark is never closed.', position);
      tokens.push({ kind: 'string', text: quoted.replace(/\\(.)/g, '$1'), position, isAttached });
    } else if (comparison) tokens.push({ kind: 'comparison', text: comparison, position, isAttached });
    else if (open) tokens.push({ kind: 'open', text: open, position, isAttached });
    else if (close) tokens.push({ kind: 'close', text: close, position, isAttached });
    else tokens.push({ kind: 'word', text: word, position, isAttached });
  }
  return tokens;
}

function leadingSpace(text: string, from: number): number {
  return (/^\s*/.exec(text.slice(from)) as RegExpExecArray)[0].length;
}

class Parser {
  private index = 0;
  private depth = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly end: number,
  ) {}

  parse(): FilterNode | null {
    if (this.tokens.length === 0) return null;
    const node = this.parseOr();
    const rest = this.peek();
    if (rest) throw new SyntaxFault(`Unexpected '${rest.text}'.`, rest.position);
    return node;
  }

  private parseOr(): FilterNode {
    const operands = [this.parseAnd()];
    while (this.takeWord('or')) operands.push(this.parseAnd());
    return operands.length === 1 ? operands[0] : { kind: 'or', operands };
  }

  private parseAnd(): FilterNode {
    const operands = [this.parseNot()];
    for (;;) {
      if (this.takeWord('and')) operands.push(this.parseNot());
      else if (this.startsOperand()) operands.push(this.parseNot());
      else break;
    }
    return operands.length === 1 ? operands[0] : { kind: 'and', operands };
  }

  private parseNot(): FilterNode {
    if (++this.depth > maxDepth) throw new SyntaxFault('Nested too deeply.', this.peek()?.position ?? this.end);
    try {
      return this.takeWord('not') ? { kind: 'not', operand: this.parseNot() } : this.parsePrimary();
    } finally {
      this.depth -= 1;
    }
  }

  private parsePrimary(): FilterNode {
    const token = this.take();
    if (!token) throw new SyntaxFault('Something is missing here.', this.end);
    if (token.kind === 'open') {
      const node = this.parseOr();
      const close = this.take();
      if (close?.kind !== 'close') throw new SyntaxFault('This parenthesis is never closed.', token.position);
      return node;
    }
    if (token.kind === 'string') return { kind: 'text', value: token.text, position: token.position };
    if (token.kind !== 'word') throw new SyntaxFault(`Unexpected '${token.text}'.`, token.position);
    const next = this.peek();
    if (next?.kind !== 'comparison') return { kind: 'text', value: token.text, position: token.position };
    this.index += 1;
    return {
      kind: 'compare',
      field: token.text,
      comparison: next.text === '==' ? '=' : (next.text as Comparison),
      value: this.parseValue(next),
      position: token.position,
    };
  }

  /** A value may hold colons (addresses): everything that is attached belongs to it. */
  private parseValue(after: Token): string {
    const token = this.take();
    if (!token || (token.kind !== 'word' && token.kind !== 'string')) {
      throw new SyntaxFault(`A value is missing after '${after.text}'.`, token?.position ?? this.end);
    }
    let value = token.text;
    if (token.kind === 'string') return value;
    for (let next = this.peek(); next?.isAttached && (next.text === ':' || next.kind === 'word'); next = this.peek()) {
      value += next.text;
      this.index += 1;
    }
    return value;
  }

  private startsOperand(): boolean {
    const token = this.peek();
    if (!token) return false;
    return (
      token.kind === 'open' || token.kind === 'string' || (token.kind === 'word' && token.text.toLowerCase() !== 'or')
    );
  }

  private takeWord(word: string): boolean {
    const token = this.peek();
    const next = this.tokens[this.index + 1];
    if (token?.kind !== 'word' || token.text.toLowerCase() !== word || next?.kind === 'comparison') return false;
    this.index += 1;
    return true;
  }

  private peek(): Token | undefined {
    return this.tokens[this.index];
  }

  private take(): Token | undefined {
    const token = this.tokens[this.index];
    this.index += 1;
    return token;
  }
}
