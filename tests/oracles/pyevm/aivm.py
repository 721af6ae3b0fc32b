"""The aivm precompiles for py-evm: every call is run by `aivm exec`, every read and write is py-evm's."""

import json
import subprocess
from pathlib import Path

from eth.abc import ComputationAPI
from eth.exceptions import OutOfGas, Revert
from eth.vm.forks.prague import PragueVM
from eth.vm.forks.prague.computation import PragueComputation
from eth.vm.forks.prague.state import PragueState

# A call that still lacks something after so many rounds goes in circles.
MAX_ROUNDS = 16


def unhex(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def number(text: str) -> int:
    return int(text, 16)


def word(value: int) -> str:
    return f"0x{value:064x}"


class Aivm:
    """`aivm exec` as precompiled contracts, and a record of every frame that they answered."""

    def __init__(self, program: Path, addresses: list[str]):
        self.program = program
        self.addresses = [unhex(address) for address in addresses]
        self.frames: list[dict] = []
        self.rounds: list[int] = []

    def vm_class(self) -> type[PragueVM]:
        """The virtual machine of the Prague fork with these precompiles."""
        own = {address: self.run for address in self.addresses}
        precompiles = {**PragueComputation.get_precompiles(), **own}
        computation = PragueComputation.configure(__name__="AivmComputation", _precompiles=precompiles)
        state = PragueState.configure(__name__="AivmState", computation_class=computation)
        return PragueVM.configure(__name__="AivmVM", _state_class=state)

    def run(self, computation: ComputationAPI) -> ComputationAPI:
        """Answers one frame, as py-evm calls a precompiled contract."""
        request = self.request(computation)
        answer = self.converge(computation, request)
        given = ("target", "caller", "value", "gas", "is_static", "is_direct", "data")
        came = ("status", "gas_used", "output")
        self.frames.append({name: request[name] for name in given} | {name: answer[name] for name in came})
        return self.apply(computation, answer)

    def request(self, computation: ComputationAPI) -> dict:
        message, state = computation.msg, computation.state
        return {
            "target": "0x" + message.code_address.hex(),
            "caller": "0x" + message.sender.hex(),
            "value": hex(message.value),
            "gas": message.gas,
            "is_static": message.is_static,
            "is_direct": message.storage_address == message.code_address,
            "timestamp": state.timestamp,
            "block_number": state.block_number,
            "chain_id": state.execution_context.chain_id,
            "data": "0x" + message.data_as_bytes.hex(),
            "slots": [],
            "codes": [],
        }

    def converge(self, computation: ComputationAPI, request: dict) -> dict:
        """Gives the request what it lacks of py-evm's state, until it is answered."""
        state = computation.state
        for count in range(1, MAX_ROUNDS + 1):
            answer = self.ask(request)
            if answer["status"] != "need":
                self.rounds.append(count)
                return answer
            for key in answer["slots"]:
                value = state.get_storage(unhex(key["account"]), number(key["slot"]))
                request["slots"].append({**key, "value": word(value)})
            for account in answer["codes"]:
                code = state.get_code(unhex(account))
                request["codes"].append({"account": account, "code": "0x" + code.hex()})
        raise RuntimeError(f"a call lacks something after {MAX_ROUNDS} rounds: {request['data'][:80]}")

    def ask(self, request: dict) -> dict:
        run = subprocess.run(
            [self.program, "exec", "--json"],
            input=json.dumps(request).encode(),
            capture_output=True,
            check=False,
        )
        if run.returncode != 0:
            raise RuntimeError(f"aivm exec: {run.stderr.decode()}")
        return json.loads(run.stdout)

    def apply(self, computation: ComputationAPI, answer: dict) -> ComputationAPI:
        """Ends the frame as it was answered. What fails below or above is py-evm's to undo."""
        if answer["status"] == "out_of_gas":
            raise OutOfGas("the price is above the gas limit")
        computation.consume_gas(answer["gas_used"], reason="aivm precompile")
        computation.output = unhex(answer["output"])
        if answer["status"] == "revert":
            raise Revert(computation.output)
        for entry in answer["slots"]:
            slot, value = number(entry["slot"]), number(entry["value"])
            computation.state.set_storage(unhex(entry["account"]), slot, value)
        for entry in answer["codes"]:
            computation.state.set_code(unhex(entry["account"]), unhex(entry["code"]))
        for log in answer["logs"]:
            topics = tuple(number(topic) for topic in log["topics"])
            computation.add_log_entry(unhex(log["address"]), topics, unhex(log["data"]))
        return computation
