//! Strict CBOR (RFC 8949): one encoding for every value, read in place.
//!
//! CBOR libraries accept more than one encoding of the same value, and allocate what a length claims before they see
//! its bytes. So every layer of a token is checked here before anything else reads it: definite lengths, shortest
//! integers and lengths, no map key twice, no floats, nothing after the item, bounded depth and number of items.

use crate::evidence::Rejection;
use core::str;

/// How deep items may nest. Claims of genuine tokens nest four deep: map, list of components, component, field.
pub const MAX_DEPTH: usize = 8;

/// The most items in one layer, the outermost included. Genuine platform claims have about 200.
pub const MAX_ITEMS: usize = 512;

/// The major types (RFC 8949, 3.1).
mod major {
    pub(super) const UNSIGNED: u8 = 0;
    pub(super) const NEGATIVE: u8 = 1;
    pub(super) const BYTES: u8 = 2;
    pub(super) const TEXT: u8 = 3;
    pub(super) const ARRAY: u8 = 4;
    pub(super) const MAP: u8 = 5;
    pub(super) const TAG: u8 = 6;
}

/// The additional information of a head whose argument follows in 1, 2, 4 or 8 bytes, and of an indefinite length.
const ONE_BYTE: u8 = 24;
const EIGHT_BYTES: u8 = 27;
const INDEFINITE: u8 = 31;

/// The simple values false, true and null.
const FALSE: u64 = 20;
const NULL: u64 = 22;

/// One item, encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Item<'a>(&'a [u8]);

/// The first byte of an item, and the number in or after it.
#[derive(Clone, Copy)]
struct Head {
    major: u8,
    argument: u64,
}

impl<'a> Item<'a> {
    /// Checks that `bytes` are one item in its only encoding, to the last byte.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Rejection> {
        let mut checker = Checker {
            rest: bytes,
            items: 0,
        };
        checker.item(1)?;
        match checker.rest.len() {
            0 => Ok(Self(bytes)),
            count => Err(Rejection::CcaTrailingBytes { count }),
        }
    }

    /// The number of a tag, and the item it is about.
    pub(super) fn tag(self) -> Option<(u64, Self)> {
        let (head, rest) = split_head(self.0)?;
        (head.major == major::TAG).then_some((head.argument, Self(rest)))
    }

    /// An unsigned integer.
    pub(super) fn unsigned(self) -> Option<u64> {
        let (head, _) = split_head(self.0)?;
        (head.major == major::UNSIGNED).then_some(head.argument)
    }

    /// An integer, unless it has more than 63 bits.
    pub(super) fn integer(self) -> Option<i64> {
        let (head, _) = split_head(self.0)?;
        let argument = i64::try_from(head.argument).ok()?;
        match head.major {
            major::UNSIGNED => Some(argument),
            major::NEGATIVE => Some(!argument),
            _ => None,
        }
    }

    /// The content of a byte string.
    pub(super) fn bytes(self) -> Option<&'a [u8]> {
        let (head, rest) = split_head(self.0)?;
        (head.major == major::BYTES).then_some(rest)
    }

    /// The content of a byte string of this length.
    pub(super) fn byte_array<const N: usize>(self) -> Option<&'a [u8; N]> {
        self.bytes()?.try_into().ok()
    }

    /// The content of a text string.
    pub(super) fn text(self) -> Option<&'a str> {
        let (head, rest) = split_head(self.0)?;
        str::from_utf8((head.major == major::TEXT).then_some(rest)?).ok()
    }

    /// Whether this is null.
    pub(super) fn is_null(self) -> bool {
        split_head(self.0).is_some_and(|(head, _)| head.major > major::TAG && head.argument == NULL)
    }

    /// Whether this is a map.
    pub(super) fn is_map(self) -> bool {
        split_head(self.0).is_some_and(|(head, _)| head.major == major::MAP)
    }

    /// The items of an array.
    pub(super) fn array(self) -> Option<Items<'a>> {
        let (head, rest) = split_head(self.0)?;
        (head.major == major::ARRAY).then_some(Items(rest))
    }

    /// The keys and values of a map.
    pub(super) fn map(self) -> Option<impl Iterator<Item = (Self, Self)>> {
        let (head, rest) = split_head(self.0)?;
        let mut items = Items(rest);
        (head.major == major::MAP)
            .then_some(core::iter::from_fn(move || Some((items.next()?, items.next()?))))
    }

    /// The value of a map under an integer key.
    pub(super) fn get(self, key: i64) -> Option<Self> {
        let mut entries = self.map()?;
        entries.find_map(|(label, value)| (label.integer() == Some(key)).then_some(value))
    }
}

/// Items one after another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Items<'a>(&'a [u8]);

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        let after = skip(self.0)?;
        let (item, rest) = self.0.split_at_checked(self.0.len().checked_sub(after.len())?)?;
        self.0 = rest;
        Some(Item(item))
    }
}

/// What follows the first item. The items were checked before, so their number is bounded.
fn skip(bytes: &[u8]) -> Option<&[u8]> {
    let (head, mut rest) = split_head(bytes)?;
    let children = match head.major {
        major::BYTES | major::TEXT => return rest.get(usize::try_from(head.argument).ok()?..),
        major::ARRAY => head.argument,
        major::MAP => head.argument.checked_mul(2)?,
        major::TAG => 1,
        _ => 0,
    };
    for _ in 0..children {
        rest = skip(rest)?;
    }
    Some(rest)
}

/// The head of the first item, and what follows it; `None` also for an indefinite length.
fn split_head(bytes: &[u8]) -> Option<(Head, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let major = first >> 5;
    let (argument, rest) = match first & 0x1f {
        direct @ 0..ONE_BYTE => (u64::from(direct), rest),
        info @ ONE_BYTE..=EIGHT_BYTES => {
            let width = 1_usize.checked_shl(u32::from(info.checked_sub(ONE_BYTE)?))?;
            let (number, rest) = rest.split_at_checked(width)?;
            let argument = number
                .iter()
                .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
            (argument, rest)
        }
        _ => return None,
    };
    Some((Head { major, argument }, rest))
}

/// Walks over items that nothing is known of yet.
struct Checker<'a> {
    rest: &'a [u8],
    items: usize,
}

impl<'a> Checker<'a> {
    fn item(&mut self, depth: usize) -> Result<(), Rejection> {
        self.items = self.items.saturating_add(1);
        if self.items > MAX_ITEMS {
            return Err(Rejection::CcaCborTooManyItems);
        }
        if depth > MAX_DEPTH {
            return Err(Rejection::CcaCborTooDeep);
        }
        let head = self.head()?;
        let inside = depth.saturating_add(1);
        match head.major {
            major::UNSIGNED | major::NEGATIVE => Ok(()),
            major::BYTES => self.take(head.argument).map(drop),
            major::TEXT => {
                let text = self.take(head.argument)?;
                str::from_utf8(text)
                    .map(drop)
                    .map_err(|_| Rejection::CcaCborMalformed)
            }
            major::ARRAY => (0..head.argument).try_for_each(|_| self.item(inside)),
            major::MAP => self.map(head.argument, inside),
            major::TAG => self.item(inside),
            _ if (FALSE..=NULL).contains(&head.argument) => Ok(()),
            _ => Err(Rejection::CcaCborForbidden),
        }
    }

    /// A head in its shortest form.
    fn head(&mut self) -> Result<Head, Rejection> {
        let (first, _) = self.rest.split_first().ok_or(Rejection::CcaCborMalformed)?;
        let (major, info) = (first >> 5, first & 0x1f);
        if info == INDEFINITE && (major::BYTES..=major::MAP).contains(&major) {
            return Err(Rejection::CcaCborIndefinite);
        }
        let (head, rest) = split_head(self.rest).ok_or(Rejection::CcaCborMalformed)?;
        self.rest = rest;
        // A float is a head of major type 7 whose argument follows.
        if major > major::TAG && info >= ONE_BYTE {
            return Err(Rejection::CcaCborForbidden);
        }
        let shortest = match head.argument {
            0..=0x17 => 0,
            0x18..=0xff => ONE_BYTE,
            0x100..=0xffff => 25,
            0x1_0000..=0xffff_ffff => 26,
            _ => EIGHT_BYTES,
        };
        if info >= ONE_BYTE && info != shortest {
            return Err(Rejection::CcaCborNotShortest);
        }
        Ok(head)
    }

    fn map(&mut self, entries: u64, depth: usize) -> Result<(), Rejection> {
        let mut keys: Vec<&'a [u8]> = Vec::new();
        for _ in 0..entries {
            let before = self.rest;
            self.item(depth)?;
            let len = before.len().saturating_sub(self.rest.len());
            let key = before.get(..len).unwrap_or_default();
            // Every value has one encoding, so equal keys have equal bytes.
            if keys.contains(&key) {
                return Err(Rejection::CcaCborDuplicateKey);
            }
            keys.push(key);
            self.item(depth)?;
        }
        Ok(())
    }

    fn take(&mut self, len: u64) -> Result<&'a [u8], Rejection> {
        let len = usize::try_from(len).ok();
        let (taken, rest) = len
            .and_then(|len| self.rest.split_at_checked(len))
            .ok_or(Rejection::CcaCborMalformed)?;
        self.rest = rest;
        Ok(taken)
    }
}
