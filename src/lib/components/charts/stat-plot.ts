/** The living chart: uPlot in our look. Loaded by StatChart when it is on screen; its colours are read from the tokens. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { CHART_HEIGHT, scaleTop, type Point } from './stat-path.ts';

export interface StatPlot {
  show(points: readonly Point[], limit: number | null): void;
  /** The theme changed: read the colours anew. */
  repaint(): void;
  destroy(): void;
}

const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** `onhover` gets the index of the point under the pointer, or null; charts with the same `sync` show the same moment. */
export function makeStatPlot(
  element: HTMLElement,
  sync: string,
  onhover: (index: number | null) => void,
): StatPlot {
  let colours = readColours();
  let limit: number | null = null;
  let top = 1;

  const plot = new uPlot(
    {
      width: Math.max(40, element.clientWidth),
      height: CHART_HEIGHT,
      padding: [0, 0, 0, 0],
      legend: { show: false },
      cursor: { sync: { key: sync }, drag: { x: false, y: false }, points: { show: false }, y: false },
      axes: [{ show: false }, { show: false }],
      scales: { x: { time: true }, y: { range: () => [0, top] } },
      series: [
        {},
        {
          stroke: () => colours.line,
          fill: () => colours.area,
          width: 1.25,
          points: { show: false },
          spanGaps: false,
        },
      ],
      hooks: {
        drawClear: [(self) => drawLines(self)],
        draw: [(self) => drawLimit(self)],
        setCursor: [
          (self) =>
            onhover(
              self.cursor.left === undefined || self.cursor.left < 0 ? null : (self.cursor.idx ?? null),
            ),
        ],
      },
    },
    [[], []],
    element,
  );

  function hairline(self: uPlot, y: number, colour: string, dash: number[]): void {
    const { ctx, bbox } = self;
    ctx.save();
    ctx.strokeStyle = colour;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash(dash.map((length) => length * devicePixelRatio));
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.restore();
  }
  function drawLines(self: uPlot): void {
    const half = devicePixelRatio / 2;
    const { top: y, height } = self.bbox;
    hairline(self, y + half, colours.hair, []);
    hairline(self, y + Math.round(height / 2) + half, colours.hair, []);
    hairline(self, y + height - half, colours.base, []);
  }
  function drawLimit(self: uPlot): void {
    if (limit !== null && limit <= top)
      hairline(self, self.valToPos(limit, 'y', true), colours.limit, [2, 3]);
  }

  const observer = new ResizeObserver(() =>
    plot.setSize({ width: Math.max(40, element.clientWidth), height: CHART_HEIGHT }),
  );
  observer.observe(element);

  return {
    show(points, nextLimit) {
      limit = nextLimit;
      top = scaleTop(points, limit);
      plot.setData([points.map((point) => point.at / 1000), points.map((point) => point.value)]);
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
  const ink = token('--color-ink-3');
  return {
    line: token('--color-ink-2'),
    // ten in a hundred: 1a in hex
    area: /^#[0-9a-f]{6}$/i.test(ink) ? `${ink}1a` : ink,
    limit: ink,
    hair: token('--color-line'),
    base: token('--color-line-strong'),
  };
}
