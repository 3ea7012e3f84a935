//! One test for each entry of a chapter of the catalogue.

/// Tests with these names for the entries with these ids, and one that no entry of the chapter is left out.
macro_rules! entries {
    ($chapter:ident: $($name:ident: $id:literal,)*) => {
        $(
            #[test]
            fn $name() {
                equibayes::claim::assert_holds($id);
            }
        )*

        #[test]
        fn every_entry_of_the_chapter_has_a_test_here() {
            let claims = equibayes::claim::catalogue();
            let mut chapter: Vec<&str> = claims
                .iter()
                .map(|claim| claim.about())
                .filter(|about| about.chapter() == equibayes::claim::Chapter::$chapter)
                .map(|about| about.id)
                .collect();
            let mut tested = vec![$($id),*];
            chapter.sort_unstable();
            tested.sort_unstable();
            assert_eq!(chapter, tested);
        }
    };
}
