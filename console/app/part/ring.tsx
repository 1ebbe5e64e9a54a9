const radius = 26, length = 2 * Math.PI * radius;

/** A ring that fills with the seconds of speech that something needs. */
export function Ring({ label, seconds, needed }: { label: string; seconds: number; needed: number }) {
  const reached = Math.min(seconds, needed);
  return (
    <div class="ring" role="progressbar" aria-label={`Speech for the ${label}`} aria-valuemin={0} aria-valuemax={needed}
      aria-valuenow={Math.floor(reached)} aria-valuetext={`${Math.floor(reached)} of ${needed} seconds`}>
      <svg viewBox="0 0 64 64" aria-hidden="true">
        <circle class="track" cx="32" cy="32" r={radius} />
        <circle class={reached >= needed ? "full" : "part"} cx="32" cy="32" r={radius} transform="rotate(-90 32 32)"
          stroke-dasharray={`${(length * reached) / needed} ${length}`} />
        <text x="32" y="37" text-anchor="middle">{Math.floor(reached)} s</text>
      </svg>
      <span>{label}</span>
    </div>
  );
}
