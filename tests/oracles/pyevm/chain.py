"""Blocks of transactions in py-evm."""

from eth.vm.spoof import SpoofTransaction
from eth.abc import AtomicDatabaseAPI, ComputationAPI, ReceiptAPI
from eth.consensus.context import ConsensusContext
from eth.constants import BLANK_ROOT_HASH, ZERO_HASH32
from eth.db.atomic import AtomicDB
from eth.db.account import AccountDB
from eth.db.chain import ChainDB
from eth.vm.chain_context import ChainContext
from eth.vm.forks.prague.blocks import PragueBlockHeader

from aivm import Aivm, number, unhex

# No transaction is refused for it.
BLOCK_GAS_LIMIT = 2**63 - 1


def write_accounts(db: AtomicDatabaseAPI, accounts: dict) -> bytes:
    """Writes accounts into an empty database; their state root."""
    state = AccountDB(db, BLANK_ROOT_HASH)
    for name, account in accounts.items():
        address = unhex(name)
        state.set_balance(address, number(account["balance"]))
        state.set_nonce(address, account["nonce"])
        state.set_code(address, unhex(account["code"]))
        for slot, value in account["storage"].items():
            state.set_storage(address, number(slot), number(value))
    root = state.make_state_root()
    state.persist()
    return root


def state_root(accounts: dict) -> str:
    """The state root of these accounts and no others."""
    return "0x" + write_accounts(AtomicDB(), accounts).hex()


class Chain:
    """A chain of blocks that begins with these accounts."""

    def __init__(self, aivm: Aivm, chain_id: int, accounts: dict):
        self.aivm = aivm
        self.vm_class = aivm.vm_class()
        self.db = AtomicDB()
        self.context = ChainContext(chain_id)
        self.root = write_accounts(self.db, accounts)

    def block(self, block: dict) -> dict:
        """Makes a block of these transactions: what came of them, and the state after it."""
        header = PragueBlockHeader(
            difficulty=0,
            block_number=block["number"],
            gas_limit=BLOCK_GAS_LIMIT,
            timestamp=block["timestamp"],
            coinbase=unhex(block["beneficiary"]),
            parent_hash=ZERO_HASH32,
            state_root=self.root,
            base_fee_per_gas=0,
        )
        vm = self.vm_class(header, ChainDB(self.db), self.context, ConsensusContext(self.db))
        # Not the hashes of blocks before: there are none, and no contract asks.
        vm._state = vm.build_state(self.db, header, self.context)
        transactions = []
        for transaction in block["transactions"]:
            result, header = self.transact(vm, header, transaction)
            transactions.append(result)
        self.root = vm.state.make_state_root()
        vm.state.persist()
        return {"transactions": transactions, "state_root": "0x" + self.root.hex(), "state": vm.state}

    def transact(self, vm, header, transaction: dict):
        sender = unhex(transaction["from"])
        unsigned = vm.create_unsigned_transaction(
            nonce=vm.state.get_nonce(sender),
            gas_price=0,
            gas=transaction["gas_limit"],
            to=unhex(transaction["to"]),
            value=transaction["value"],
            data=unhex(transaction["data"]),
        )
        self.aivm.frames = []
        receipt, computation = vm.apply_transaction(header, unsigned_by(vm, unsigned, sender))
        gas_used = receipt.gas_used - header.gas_used
        result = described(receipt, computation)
        result |= {"gas_used": gas_used, "frames": self.aivm.frames}
        return result, header.copy(gas_used=receipt.gas_used)


def unsigned_by(vm, unsigned, sender: bytes) -> SpoofTransaction:
    """A transaction of an account whose key nobody has. Its receipt is that of a signed one."""

    def make_receipt(*receipt) -> ReceiptAPI:
        return vm.get_transaction_builder().legacy_signed.make_receipt(None, *receipt)

    return SpoofTransaction(unsigned, from_=sender, make_receipt=make_receipt)


def described(receipt: ReceiptAPI, computation: ComputationAPI) -> dict:
    """A receipt and what the outermost frame gave, in the words of the story."""
    if computation.is_success:
        status = "success"
    else:
        status = "halt" if computation.should_burn_gas else "revert"
    if (receipt.state_root == b"\x01") != computation.is_success:
        raise RuntimeError("the receipt's status is not the computation's")
    logs = [
        {
            "address": "0x" + log.address.hex(),
            "topics": [f"0x{topic:064x}" for topic in log.topics],
            "data": "0x" + log.data.hex(),
        }
        for log in receipt.logs
    ]
    return {"status": status, "output": "0x" + computation.output.hex(), "logs": logs}
