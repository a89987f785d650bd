//! The memory that a hash fills, straight from the operating system: it goes back there at once, where an
//! allocator would keep it; it stays out of core dumps; and it lies on huge pages where there are any,
//! which saves a hash most of its address look-ups.

use std::io;

use argon2::Block;
use memmap2::{MmapMut, MmapOptions};
use zeroize::Zeroize;

/// Blocks of 1 KiB, zero at first. None until there are any.
#[derive(Default)]
pub(super) struct Blocks(Option<MmapMut>);

impl Blocks {
    pub fn new(count: usize) -> io::Result<Self> {
        let map = MmapOptions::new().len(count * Block::SIZE).map_anon()?;
        #[cfg(target_os = "linux")]
        for advice in [memmap2::Advice::DontDump, memmap2::Advice::HugePage] {
            // Kernels are built without one or the other; a hash needs neither.
            let _ = map.advise(advice);
        }
        Ok(Self(Some(map)))
    }

    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |map| map.len() / Block::SIZE)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub fn wipe(&mut self) {
        self.as_mut().iter_mut().for_each(Block::zeroize);
    }
}

impl AsMut<[Block]> for Blocks {
    #[allow(unsafe_code, reason = "there is no safe way to say that pages are blocks")]
    fn as_mut(&mut self) -> &mut [Block] {
        let count = self.len();
        let Some(map) = &mut self.0 else { return &mut [] };
        // SAFETY: the pages are ours alone, writable and `count` blocks long; pages are aligned to 4 KiB and
        // a block to 64 bytes; a block is 128 integers, for which any bytes will do.
        unsafe { std::slice::from_raw_parts_mut(map.as_mut_ptr().cast::<Block>(), count) }
    }
}
