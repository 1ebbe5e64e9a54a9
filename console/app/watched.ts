/** Something that changes many times a second. Its watchers redraw by themselves, so that the page need not. */
export class Watched {
  private readonly watchers = new Set<() => void>();

  /** Calls a watcher after each change. The result stops that. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  protected changed(): void {
    this.watchers.forEach((watcher) => watcher());
  }
}
