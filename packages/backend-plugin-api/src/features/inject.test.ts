import { describe, expect, it } from '@jest/globals';
import {
  createExtensionPoint,
  createServiceRef,
  Inject,
  injectedRefs,
  isInjectableClass,
  refOfToken,
} from '../index.ts';

const one = createServiceRef<string>({ id: 'test.one' });
const two = createServiceRef<number>({ id: 'test.two', scope: 'root' });
const point = createExtensionPoint<object>({ id: 'test.point' });

describe('Inject', () => {
  it('records the references of a class, in their order', () => {
    @Inject(one, two, point)
    class Service {
      constructor(
        readonly text: string,
        readonly number: number,
        readonly names: object,
      ) {}
    }
    expect(injectedRefs(Service)).toEqual([one, two, point]);
    expect(Object.keys(Service)).toEqual([]);
  });

  it('works as a standard decorator too, which passes a context', () => {
    class Service {
      constructor(readonly text: string) {}
    }
    const result: unknown = Inject(one)(Service, { kind: 'class', name: 'Service' } as ClassDecoratorContext);
    expect(result).toBeUndefined();
    expect(injectedRefs(Service)).toEqual([one]);
  });

  it('is not needed by a class that takes nothing, or has defaults for everything', () => {
    class Empty {}
    class WithDefault {
      constructor(readonly text = 'text') {}
    }
    expect(injectedRefs(Empty)).toEqual([]);
    expect(injectedRefs(WithDefault)).toEqual([]);
  });

  it('does not reach subclasses: one without a constructor of its own is refused, and may say that it takes nothing', () => {
    @Inject(one)
    class Parent {
      constructor(readonly text: string) {}
    }
    class Child extends Parent {}
    class Grandchild extends Child {}
    @Inject()
    class Fixed extends Parent {
      constructor() {
        super('fixed');
      }
    }
    @Inject(one, two)
    class Wider extends Parent {
      constructor(
        text: string,
        readonly number: number,
      ) {
        super(text);
      }
    }
    for (const refused of [Child, Grandchild]) {
      expect(() => injectedRefs(refused)).toThrow(
        expect.objectContaining({
          code: 'ERR_INJECT_PARAMETER_UNNAMED',
          message: `class ${refused.name} names no service for constructor parameter 1`,
          hint: 'Put @Inject(…) with 1 reference on the class itself.',
        }),
      );
    }
    expect(injectedRefs(Fixed)).toEqual([]);
    expect(injectedRefs(Wider)).toEqual([one, two]);
  });

  it('names the first parameter that no reference stands for', () => {
    class Partly {
      constructor(
        readonly text: string,
        readonly number: number,
      ) {}
    }
    (Inject(one) as (target: unknown) => void)(Partly);
    expect(() => injectedRefs(Partly)).toThrow('class Partly names no service for constructor parameter 2');
  });

  it('is read across copies of this package, under a registered symbol', () => {
    class FromACopy {
      constructor(readonly text: string) {}
    }
    Object.defineProperty(FromACopy, Symbol.for('vestibule.inject'), { value: [one] });
    expect(injectedRefs(FromACopy)).toEqual([one]);
  });
});

describe('tokens', () => {
  it('lead back to their reference, and only those of references do', () => {
    expect(refOfToken(one.token)).toBe(one);
    expect(refOfToken(point.token)).toBe(point);
    for (const other of [
      Symbol('test.one'),
      Symbol.for('test.one'),
      Symbol.iterator,
      'test.one',
      undefined,
      {},
    ]) {
      expect(refOfToken(other)).toBeUndefined();
    }
  });

  it('differ between two references with one id', () => {
    expect(createServiceRef<string>({ id: 'test.one' }).token).not.toBe(one.token);
  });
});

describe('isInjectableClass', () => {
  it('tells classes from references', () => {
    expect([class {}, one, point].map(isInjectableClass)).toEqual([true, false, false]);
  });
});
