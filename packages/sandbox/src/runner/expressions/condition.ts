import { Lexer } from '@actions/expressions';

const statusFunctions = ['success', 'failure', 'cancelled', 'always'];

/**
 * The condition that GitHub evaluates for an `if:`: without a status function it means `success() && (…)`, and nothing
 * at all means `success()`.
 */
export function completeCondition(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return 'success()';
  return callsStatusFunction(trimmed) ? trimmed : `success() && (${trimmed})`;
}

function callsStatusFunction(text: string): boolean {
  const { tokens } = new Lexer(text).lex();
  return tokens.some(
    ({ lexeme }, index) =>
      statusFunctions.includes(lexeme.toLowerCase()) &&
      tokens[index + 1]?.lexeme === '(' &&
      tokens[index - 1]?.lexeme !== '.',
  );
}
