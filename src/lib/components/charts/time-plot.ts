/** The living chart of a page of figures: uPlot in our look, with a cursor, a part that can be dragged over, marks. Loaded when it is on screen. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { MarkKind } from '#lib/protocol/metrics.ts';

const TIME_CHART_HEIGHT = 96;

export interface PlotMark {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: MarkKind;
}

export interface PlotView {
  readonly from: number;
  readonly to: number;
  readonly at: readonly number[];
  readonly values: readonly (readonly (number | null)[])[];
  readonly limit: number | null;
  readonly top: number;
  readonly marks: readonly PlotMark[];
}

export interface TimePlot {
  show(view: PlotView): void;
  /** Puts the cursor at a time without telling of it; null: nowhere. */
  point(at: number | null): void;
  /** The theme changed: read the colours anew. */
  repaint(): void;
  destroy(): void;
}

export interface PlotListener {
  onpoint(at: number | null): void;
  onzoom(from: number, to: number): void;
}

const DASHES = [undefined, [4, 3]];
/** Shorter drags are clicks. */
const LEAST_DRAG_PX = 6;

/** With one column of values for each of `count` lines. */
export function makeTimePlot(element: HTMLElement, count: number, listener: PlotListener): TimePlot {
  let colours = readColours();
  let view: PlotView | null = null;

  const width = () => Math.max(40, element.clientWidth);
  const plot = new uPlot(
    {
      width: width(),
      height: TIME_CHART_HEIGHT,
      padding: [0, 0, 0, 0],
      legend: { show: false },
      cursor: {
        drag: { x: true, y: false, setScale: false, dist: LEAST_DRAG_PX },
        points: { show: false },
        y: false,
      },
      axes: [{ show: false }, { show: false }],
      scales: { x: { time: true, auto: false }, y: { range: () => [0, view?.top ?? 1] } },
      series: [
        {},
        ...Array.from({ length: count }, (_, place) => ({
          stroke: () => colours.line,
          ...(place === 0 ? { fill: () => colours.area } : {}),
          ...(DASHES[place] === undefined ? {} : { dash: DASHES[place] }),
          width: 1.25,
          points: { show: false },
          spanGaps: false,
        })),
      ],
      hooks: {
        drawClear: [(self) => drawFrame(self)],
        draw: [(self) => drawOver(self)],
        setCursor: [
          (self) => {
            const left = self.cursor.left ?? -1;
            listener.onpoint(left < 0 ? null : self.posToVal(left, 'x') * 1000);
          },
        ],
        setSelect: [
          (self) => {
            const { left, width: wide } = self.select;
            if (wide < LEAST_DRAG_PX) return;
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            listener.onzoom(self.posToVal(left, 'x') * 1000, self.posToVal(left + wide, 'x') * 1000);
          },
        ],
      },
    },
    [[], ...Array.from({ length: count }, () => [])],
    element,
  );

  function stroke(
    self: uPlot,
    colour: string,
    dash: number[],
    from: [number, number],
    to: [number, number],
  ): void {
    const { ctx } = self;
    ctx.save();
    ctx.strokeStyle = colour;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash(dash.map((length) => length * devicePixelRatio));
    ctx.beginPath();
    ctx.moveTo(...from);
    ctx.lineTo(...to);
    ctx.stroke();
    ctx.restore();
  }
  function across(self: uPlot, y: number, colour: string, dash: number[] = []): void {
    const { left, width: wide } = self.bbox;
    stroke(self, colour, dash, [left, y], [left + wide, y]);
  }
  function drawFrame(self: uPlot): void {
    const half = devicePixelRatio / 2;
    const { top, height } = self.bbox;
    across(self, top + half, colours.hair);
    across(self, top + Math.round(height / 2) + half, colours.hair);
    across(self, top + height - half, colours.base);
  }
  function drawOver(self: uPlot): void {
    if (view === null) return;
    if (view.limit !== null && view.limit <= view.top)
      across(self, self.valToPos(view.limit, 'y', true), colours.limit, [2, 3]);
    const { top, height } = self.bbox;
    for (const { at, kind } of view.marks) {
      const x = Math.round(self.valToPos(at / 1000, 'x', true)) + devicePixelRatio / 2;
      const dash = kind === 'start' ? [] : kind === 'snapshot' || kind === 'inside' ? [1, 3] : [3, 3];
      stroke(self, kind === 'crash' ? colours.broken : colours.limit, dash, [x, top], [x, top + height]);
    }
  }

  const observer = new ResizeObserver(() => plot.setSize({ width: width(), height: TIME_CHART_HEIGHT }));
  observer.observe(element);

  return {
    show(next) {
      view = next;
      plot.batch(() => {
        plot.setData([next.at.map((at) => at / 1000), ...next.values.map((column) => [...column])], false);
        plot.setScale('x', { min: next.from / 1000, max: next.to / 1000 });
      });
    },
    point(at) {
      const left = at === null ? -10 : plot.valToPos(at / 1000, 'x');
      plot.setCursor({ left, top: at === null ? -10 : 1 }, false);
    },
    repaint() {
      colours = readColours();
      plot.redraw();
    },
    destroy() {
      observer.disconnect();
      plot.destroy();
    },
  };
}

function readColours() {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const ink = token('--color-ink-3');
  return {
    line: token('--color-ink-2'),
    // ten in a hundred: 1a in hex
    area: /^#[0-9a-f]{6}$/i.test(ink) ? `${ink}1a` : ink,
    limit: ink,
    broken: token('--color-broken'),
    hair: token('--color-line'),
    base: token('--color-line-strong'),
  };
}
