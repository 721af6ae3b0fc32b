"""Replays in py-evm what revm made of the stories, and compares everything.

usage: python replay.py --aivm target/release/aivm --story target/tmp/pyevm-story.json

tests/pyevm_story.rs writes the story: accounts, blocks of transactions, and what came of each. py-evm, which shares no
code with revm, executes the same transactions; its precompiles ask `aivm exec`. The same must come of them: status,
output, gas and logs of each transaction; caller, gas, scheme, input, status, gas and output of each frame of a
precompile; and after each block the state root, so every balance, nonce, code and slot of every account.

Then expectations are damaged, one at a time, and each damage must be noticed.
"""

import argparse
import copy
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from aivm import Aivm, number, unhex
from chain import Chain, state_root

TRANSACTION_MEMBERS = ("status", "output", "gas_used", "logs")
FRAME_MEMBERS = (
    "target",
    "caller",
    "value",
    "gas",
    "is_static",
    "is_direct",
    "data",
    "status",
    "gas_used",
    "output",
)


class Mismatch(Exception):
    """py-evm did something else than revm."""


def same(what: str, expected, actual) -> None:
    if expected != actual:
        raise Mismatch(f"{what}\n  revm:   {str(expected)[:600]}\n  py-evm: {str(actual)[:600]}")


def compare_block(name: str, expected: dict, actual: dict) -> Counter:
    """Compares a block with what py-evm made of it; how much was compared."""
    count = Counter(blocks=1)
    same(f"{name}: transactions", len(expected["transactions"]), len(actual["transactions"]))
    for index, (ours, theirs) in enumerate(zip(expected["transactions"], actual["transactions"], strict=True)):
        at = f"{name}, transaction {index}"
        same(f"{at}: frames", len(ours["frames"]), len(theirs["frames"]))
        for position, (frame, other) in enumerate(zip(ours["frames"], theirs["frames"], strict=True)):
            for member in FRAME_MEMBERS:
                same(f"{at}, frame {position}: {member}", frame[member], other[member])
            count[f"frames: {frame['status']}"] += 1
            count["frames refused for their scheme"] += not frame["is_direct"]
            count["frames below a STATICCALL"] += frame["is_static"]
        for member in TRANSACTION_MEMBERS:
            same(f"{at}: {member}", ours[member], theirs[member])
        undone = any(frame["status"] == "success" for frame in ours["frames"]) and ours["status"] != "success"
        count[f"transactions: {ours['status']}"] += 1
        count["transactions that undid a frame's success"] += undone
        count["logs"] += len(ours["logs"])
    if state_root(expected["accounts"]) != actual["state_root"]:
        explain(name, expected["accounts"], actual["state"])
    for account in expected["accounts"].values():
        count["accounts"] += 1
        count["slots"] += len(account["storage"])
    return count


def explain(name: str, accounts: dict, state) -> None:
    """Says which account differs."""
    for address, account in accounts.items():
        key = unhex(address)
        same(f"{name}: nonce of {address}", account["nonce"], state.get_nonce(key))
        same(f"{name}: balance of {address}", number(account["balance"]), state.get_balance(key))
        same(f"{name}: code of {address}", account["code"], "0x" + state.get_code(key).hex())
        for slot, value in account["storage"].items():
            actual = state.get_storage(key, number(slot))
            same(f"{name}: slot {slot} of {address}", number(value), actual)
    raise Mismatch(f"{name}: py-evm has an account or a slot that revm has not")


def replay(aivm: Aivm, chain_id: int, story: dict) -> tuple[Counter, list]:
    chain = Chain(aivm, chain_id, story["accounts"])
    count, blocks = Counter(), []
    for block in story["blocks"]:
        name = f"{story['name']}, block {len(blocks)}"
        actual = chain.block(block)
        count += compare_block(name, block, actual)
        blocks.append((name, block, actual))
    return count, blocks


def damages() -> dict[str, Callable[[dict], bool]]:
    """Ways to damage a block's expectations. Each says whether it found something to damage."""

    def member(pick: Callable[[dict], list], name: str, change: Callable) -> Callable[[dict], bool]:
        def damage(block: dict) -> bool:
            for entry in pick(block):
                if entry[name] not in ("0x", [], {}):
                    entry[name] = change(entry[name])
                    return True
            return False

        return damage

    def transactions(block: dict) -> list:
        return block["transactions"]

    def frames(block: dict) -> list:
        return [frame for transaction in block["transactions"] for frame in transaction["frames"]]

    def logs(block: dict) -> list:
        return [log for transaction in block["transactions"] for log in transaction["logs"]]

    def accounts(block: dict) -> list:
        return list(block["accounts"].values())

    def flip(text: str) -> str:
        return text[:-1] + ("0" if text[-1] != "0" else "1")

    def flip_slot(storage: dict) -> dict:
        slot = next(iter(storage))
        return {**storage, slot: flip(storage[slot])}

    def drop_slot(storage: dict) -> dict:
        return dict(list(storage.items())[1:])

    return {
        "a transaction's output": member(transactions, "output", flip),
        "a transaction's status": member(transactions, "status", lambda status: status + "?"),
        "a transaction's gas": member(transactions, "gas_used", lambda gas: gas + 1),
        "a log too few": member(transactions, "logs", lambda entries: entries[1:]),
        "a log's data": member(logs, "data", flip),
        "a log's topic": member(logs, "topics", lambda topics: [flip(topics[0]), *topics[1:]]),
        "a log's address": member(logs, "address", flip),
        "a frame too few": member(transactions, "frames", lambda entries: entries[1:]),
        "a frame's caller": member(frames, "caller", flip),
        "a frame's output": member(frames, "output", flip),
        "a frame's price": member(frames, "gas_used", lambda gas: gas - 1),
        "a frame's gas": member(frames, "gas", lambda gas: gas + 1),
        "a frame's scheme": member(frames, "is_direct", lambda direct: not direct),
        "a frame's being static": member(frames, "is_static", lambda static: not static),
        "a slot's value": member(accounts, "storage", flip_slot),
        "a slot that should not be": member(accounts, "storage", drop_slot),
        "an account's code": member(accounts, "code", flip),
        "an account's nonce": member(accounts, "nonce", lambda nonce: nonce + 1),
        "an account's balance": member(accounts, "balance", lambda balance: hex(int(balance, 16) + 1)),
    }


def self_test(blocks: list) -> int:
    """Damages what was just found to be equal; how many damages were noticed, which must be all."""
    noticed = 0
    for what, damage in damages().items():
        for name, expected, actual in blocks:
            damaged = copy.deepcopy(expected)
            if not damage(damaged):
                continue
            try:
                compare_block(name, damaged, actual)
            except Mismatch:
                noticed += 1
                break
            raise SystemExit(f"{name}: {what} was damaged, and nobody noticed")
        else:
            raise SystemExit(f"no block has {what} to damage")
    return noticed


# What the stories have at least. A story that was not recorded in full would compare less.
LEAST = Counter(
    {
        "blocks": 21,
        "transactions: success": 600,
        "transactions: revert": 90,
        "transactions: halt": 4,
        "transactions that undid a frame's success": 9,
        "frames: success": 400,
        "frames: revert": 290,
        "frames: out_of_gas": 17,
        "frames refused for their scheme": 120,
        "frames below a STATICCALL": 65,
        "logs": 80,
        "slots": 1300,
    }
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aivm", type=Path, required=True, help="the program")
    parser.add_argument("--story", type=Path, required=True, help="what tests/pyevm_story.rs wrote")
    arguments = parser.parse_args()
    started = time.monotonic()
    for path in (arguments.aivm, arguments.story):
        if not path.is_file():
            raise SystemExit(f"{path} is not there; `cargo xtask pyevm` makes it")
    recorded = json.loads(arguments.story.read_text())
    count, rounds, noticed = Counter(), Counter(), 0
    try:
        for story in recorded["stories"]:
            aivm = Aivm(arguments.aivm, recorded["precompiles"])
            compared, blocks = replay(aivm, recorded["chain_id"], story)
            count += compared
            rounds += Counter(aivm.rounds)
            noticed += self_test(blocks)
    except Mismatch as mismatch:
        raise SystemExit(f"MISMATCH in {mismatch}") from None
    for what, number_of in sorted(count.items()):
        print(f"{number_of:7}  {what}")
    print(f"{noticed:7}  damaged expectations, all noticed")
    answered = ", ".join(f"{frames} in {number_of}" for number_of, frames in sorted(rounds.items()))
    print(f"frames by the rounds of aivm exec that they took: {answered}")
    print(f"py-evm agrees with revm, {time.monotonic() - started:.1f} s")
    lacking = {what: f"{count[what]} < {least}" for what, least in LEAST.items() if count[what] < least}
    if lacking:
        raise SystemExit(f"the stories have less than they must: {lacking}")


if __name__ == "__main__":
    sys.exit(main())
