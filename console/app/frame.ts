/** How long something waits for a frame. A page that is hidden, or behind others, may get none. */
const longestMs = 100;

/** Draws with the next frame, or soon without one. */
export function nextFrame(draw: () => void): void {
  const now = () => {
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    draw();
  };
  const timer = setTimeout(now, longestMs);
  const frame = requestAnimationFrame(now);
}
