/** Numbers for texts: a text that occurs a million times is kept once. */
export class TextPool {
  private readonly numbers = new Map<string, number>();
  private readonly texts: string[] = [];

  number(text: string): number {
    let number = this.numbers.get(text);
    if (number === undefined) {
      number = this.texts.length;
      this.texts.push(text);
      this.numbers.set(text, number);
    }
    return number;
  }

  text(number: number): string {
    return this.texts[number];
  }
}
