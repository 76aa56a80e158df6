//! Lists that are read page by page, by key, newest first.

/// From where a page begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side<Id> {
    /// The newest.
    #[default]
    Start,
    /// What is older than this.
    Before(Id),
    /// What is newer than this, the nearest of it.
    After(Id),
}

impl<Id: Clone> Side<Id> {
    /// What is older than `before`, else what is newer than `after`, else the newest.
    #[must_use]
    pub fn of(before: Option<&Id>, after: Option<&Id>) -> Self {
        match (before, after) {
            (Some(id), _) => Self::Before(id.clone()),
            (None, Some(id)) => Self::After(id.clone()),
            (None, None) => Self::Start,
        }
    }
}

impl<Id> Side<Id> {
    /// Cuts `rows`, one more of which was asked for than the `most` that a page shows: whether there are newer and older
    /// ones.
    pub fn cut<T>(&self, rows: &mut Vec<T>, most: usize) -> (bool, bool) {
        let more = rows.len() > most;
        if more && matches!(self, Self::After(_)) {
            rows.remove(0);
        }
        rows.truncate(most);
        match self {
            Self::Start => (false, more),
            Self::Before(_) => (true, more),
            Self::After(_) => (more, true),
        }
    }

    /// What was read towards the newest, turned round.
    pub(crate) fn newest_first<T>(&self, mut rows: Vec<T>) -> Vec<T> {
        if matches!(self, Self::After(_)) {
            rows.reverse();
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_whether_there_are_more_on_either_side() {
        let cut = |side: Side<u8>, read: &[u8]| {
            let mut rows = side.newest_first(read.to_vec());
            let more = side.cut(&mut rows, 2);
            (rows, more)
        };
        assert_eq!(cut(Side::Start, &[5, 4, 3]), (vec![5, 4], (false, true)));
        assert_eq!(cut(Side::Before(4), &[3, 2]), (vec![3, 2], (true, false)));
        assert_eq!(cut(Side::After(2), &[3, 4, 5]), (vec![4, 3], (true, true)));
        assert_eq!(cut(Side::After(3), &[4, 5]), (vec![5, 4], (false, true)));
        assert_eq!(Side::of(Some(&1), Some(&2)), Side::Before(1));
    }
}
