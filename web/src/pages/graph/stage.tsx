import '@xyflow/react/dist/base.css';
import { ReactFlow, ReactFlowProvider } from '@xyflow/react';
import { type KeyboardEvent, type MouseEvent, useEffect, useId, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Minimap } from './minimap.tsx';
import { type BoxNode, boxId, PlanBox } from './plan-box.tsx';
import type { PlanNode } from './plan-model.ts';
import type { Scene } from './scene.ts';
import styles from './stage.module.css';
import { useBoxes } from './use-boxes.ts';
import { MAX_ZOOM, MIN_ZOOM, useCamera } from './use-camera.ts';
import { usePainting } from './use-painting.ts';
import { type StageDeeds, useStageKeys } from './use-stage-keys.ts';

export type StageProps = {
  readonly scene: Scene;
  /** Of the packages that are shown, in their order. */
  readonly nodes: readonly PlanNode[];
  /** The critical path, by shown place. */
  readonly path: readonly number[];
  readonly marked: number | undefined;
  readonly hasImplied: boolean;
  /** By place in the plan: how many of its needs are folded away. */
  readonly foldedOf: (place: number) => number;
  /** Another drawing is being worked out. */
  readonly isWorking: boolean;
  readonly label: string;
  readonly onMark: (at: number | undefined) => void;
  readonly onFocus: (at: number) => void;
  readonly onLeave: () => void;
};

const NODE_TYPES = { package: PlanBox };
const NO_EDGES: never[] = [];

/** The drawing: moved and zoomed with pointer, fingers or keys. */
export function Stage(props: StageProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  );
}

function Drawing({
  scene,
  nodes,
  path,
  marked,
  hasImplied,
  foldedOf,
  isWorking,
  label,
  onMark,
  onFocus,
  onLeave,
}: StageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const keysId = useId();
  usePainting(canvas, { scene, nodes, path, marked, hasImplied });
  const camera = useCamera(scene);
  const boxes = useBoxes({ scene, nodes, marked, foldedOf });
  const [hover, setHover] = useState<{ readonly x: number; readonly y: number; readonly text: string }>();
  const pointed = useRef<number>(undefined);
  const { reveal } = camera;
  useEffect(() => {
    // What was pointed at is seen already.
    if (marked !== undefined && marked !== pointed.current) return reveal(marked);
    pointed.current = undefined;
    return undefined;
  }, [marked, reveal]);
  const point = (at: number | undefined) => {
    pointed.current = at;
    onMark(at);
  };
  const deeds: StageDeeds = { ...camera, onMark, onFocus, onLeave };
  const onKeyDown = useStageKeys({ scene, path, marked }, deeds);
  const look = (event: MouseEvent) => {
    const at = camera.under(event);
    const node = at === undefined ? undefined : nodes[at];
    const home = canvas.current?.getBoundingClientRect();
    if (node === undefined || home === undefined) return setHover(undefined);
    return setHover({ x: event.clientX - home.left, y: event.clientY - home.top, text: `${node.cpv}, ${node.state}` });
  };
  return (
    <div className={styles['stage']}>
      <ReactFlow<BoxNode>
        nodes={boxes}
        edges={NO_EDGES}
        nodeTypes={NODE_TYPES}
        minZoom={MIN_ZOOM}
        maxZoom={MAX_ZOOM}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        panActivationKeyCode={null}
        zoomActivationKeyCode={null}
        zoomOnDoubleClick={false}
        onNodeClick={(_event, { id }) => point(Number(id))}
        onNodeDoubleClick={(_event, { id }) => onFocus(Number(id))}
        onPaneClick={(event) => point(camera.under(event))}
        onPaneMouseMove={look}
        onPaneMouseLeave={() => setHover(undefined)}
        onMoveStart={() => setHover(undefined)}
        proOptions={{ hideAttribution: true }}
        tabIndex={0}
        aria-label={label}
        aria-describedby={keysId}
        aria-activedescendant={marked === undefined ? undefined : boxId(String(marked))}
        onKeyDown={(event: KeyboardEvent<HTMLDivElement>) => onKeyDown(event)}
      >
        <canvas ref={canvas} className={styles['canvas']} />
        {hover === undefined ? null : (
          <span className={styles['hover']} style={{ left: hover.x, top: hover.y }}>
            {hover.text}
          </span>
        )}
      </ReactFlow>
      <p id={keysId} className="visually-hidden">
        Arrow keys go from package to package: left to what it needs, right to what needs it. Enter tells about it, F
        shows only what is around it, C goes along the critical path, plus and minus zoom, 0 shows all.
      </p>
      <p className="visually-hidden" aria-live="polite">
        {marked === undefined ? '' : boxes.find(({ id }) => id === String(marked))?.data.label}
      </p>
      <div className={styles['zoom']} role="group" aria-label="Zoom">
        <Button small onClick={() => camera.zoomBy(1.4)} aria-label="Zoom in" title="Zoom in (+)">
          +
        </Button>
        <Button small onClick={() => camera.zoomBy(1 / 1.4)} aria-label="Zoom out" title="Zoom out (−)">
          −
        </Button>
        <Button small onClick={() => camera.fit()} title="Show all (0)">
          Fit
        </Button>
      </div>
      {isWorking ? (
        <p className={styles['again']} role="status">
          Drawing again…
        </p>
      ) : null}
      <Minimap scene={scene} nodes={nodes} />
    </div>
  );
}
