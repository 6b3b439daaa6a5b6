/** A contract that cannot be: thrown while its file is loaded, naming the contract, the member and the remedy. */
export class ContractError extends Error {
  readonly code = "ASHLAR_CONTRACT_INVALID";
  override readonly name = "ContractError";
}
