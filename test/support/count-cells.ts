/** How many cells of a kill matrix converge, in the one form in which all of them say it. */
export function tellCells(command: string, effects: number, cells: number, converged: number): void {
  process.stdout.write(`${command}: ${effects} effects, ${converged} of ${cells} cells converge\n`);
}

export interface CellCount {
  /** Plays a cell that is a test of its own. */
  play(cell: () => Promise<void>): Promise<void>;
  tell(): void;
}

export function countCells(command: string, effects: number): CellCount {
  let [cells, converged] = [0, 0];
  return {
    play: async cell => {
      cells += 1;
      await cell();
      converged += 1;
    },
    tell: () => tellCells(command, effects, cells, converged),
  };
}
