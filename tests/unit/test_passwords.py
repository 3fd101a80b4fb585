"""How passwords are hashed where no test made it quick."""

from ledgerloop.operate.people.passwords import hash_of, is_outdated, matches

STRENGTH = "$argon2id$v=19$m=65536,t=3,p=4$"


def test_a_password_is_hashed_with_argon2id_at_full_strength() -> None:
    kept = hash_of("correct horse battery")
    assert kept.startswith(STRENGTH)
    assert (matches(kept, "correct horse battery"), matches(kept, "correct horse batterz")) == (True, False)
    assert (is_outdated(kept), is_outdated(kept.replace("t=3", "t=1"))) == (False, True)


def test_where_there_is_nobody_the_same_work_is_done_for_nothing() -> None:
    assert not matches("", "correct horse battery")
