"""Which addresses prove that somebody works at a school."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.claims.domains import SHARED, domain_of_website, proves, shared


@pytest.mark.parametrize(
    ("email", "website"),
    [
        ("pat@fvtc.edu", "https://www.fvtc.edu"),
        ("pat@FVTC.edu", "http://fvtc.edu/automotive?x=1#top"),
        ("pat@staff.fvtc.edu", "https://www2.fvtc.edu/"),
        ("pat@billings.k12.mt.us", "http://www.billings.k12.mt.us"),
        ("pat@hs.billings.k12.mt.us", "https://billings.k12.mt.us:8443/hs"),
        ("pat@fayette.kyschools.us", "https://www.fayette.kyschools.us"),
        ("pat@northern.vccs.edu", "https://northern.vccs.edu"),
    ],
)
def test_an_address_at_or_below_the_schools_own_domain_does(email: str, website: str) -> None:
    assert proves(email, website)


@pytest.mark.parametrize(
    ("email", "website"),
    [
        ("pat@fvtc.edu", None),
        ("pat@fvtc.edu", ""),
        ("pat@fvtc.edu", "https://fvtc.org"),
        ("pat@evil-fvtc.edu", "https://fvtc.edu"),
        ("pat@fvtc.edu.evil.example", "https://fvtc.edu"),
        ("pat@edu", "https://edu"),
        ("pat@example.edu", "https://edu/"),
        ("pat@wisc.edu", "https://auto.wisc.edu"),  # above the school's domain
        ("pat@gmail.com", "https://gmail.com"),
        ("pat@school.gmail.com", "https://school.gmail.com"),
        ("pat@google.com", "https://sites.google.com/view/school"),
        ("pat@school.wixsite.com", "https://school.wixsite.com"),
        ("pat@weebly.com", "http://school.weebly.com"),
        ("pat@k12.wv.us", "https://k12.wv.us/kanawha"),
        ("pat@kanawha.k12.wv.us", "https://www.k12.wv.us"),
        ("pat@mt.us", "https://mt.us"),
        ("pat@pvt.k12.ma.us", "https://pvt.k12.ma.us"),
        ("pat@va.gov", "https://www.va.gov/x"),
        ("pat@schools.nyc.gov", "https://schools.nyc.gov"),
        ("pat@kyschools.us", "https://kyschools.us"),
        ("pat@students.fvtc.edu", "https://www.fvtc.edu"),
        ("pat@my.fvtc.edu", "https://www.fvtc.edu"),
        ("pat@stu.billings.k12.mt.us", "https://billings.k12.mt.us"),
        ("pat@evil.example@fvtc.edu", "https://fvtc.edu"),
        ("fvtc.edu", "https://fvtc.edu"),
        ("pat@", "https://fvtc.edu"),
        ("pat@fvtc.edu\n", "https://fvtc.edu"),
        ("pat@\u0192vtc.edu", "https://fvtc.edu"),
        ("pat@127.0.0.1", "http://127.0.0.1"),
    ],
)
def test_others_do_not(email: str, website: str | None) -> None:
    assert not proves(email, website)


@pytest.mark.parametrize("domain", sorted(SHARED))
def test_under_a_shared_domain_nothing_is_proved(domain: str) -> None:
    assert shared(domain)
    assert shared(f"school.{domain}")
    assert not proves(f"pat@school.{domain}", f"https://school.{domain}")


def test_the_domain_of_a_website_is_without_its_www() -> None:
    assert domain_of_website("https://WWW.Fvtc.edu:443/a") == "fvtc.edu"
    assert domain_of_website("https://wwwschool.example.org") == "wwwschool.example.org"
    assert domain_of_website("fvtc.edu") is None


@given(st.text(max_size=40), st.from_regex(r"https://[a-z]{1,8}\.(edu|org)", fullmatch=True))
def test_an_address_that_proves_ends_in_the_schools_domain(email: str, website: str) -> None:
    if proves(email, website):
        assert email.lower().endswith(website.removeprefix("https://"))
