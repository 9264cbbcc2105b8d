"""Does a heading of the registry's index stand for an intervention that none of our names explains?

The index is made for the whole record, from titles and keywords too, so a heading alone proves nothing.
"""

import re
from collections.abc import Collection
from difflib import SequenceMatcher

from fetchers.matching.medicines import medicines
from fetchers.matching.texts import Named

# Interventions of these types are no medicine and no treatment an index heading could stand for.
_NO_TREATMENT = frozenset({"BEHAVIORAL", "DIAGNOSTIC_TEST", "DIETARY_SUPPLEMENT", "GENETIC", "RADIATION"})
_WORD = re.compile(r"[a-z]{4,}")
# Words that say how something is given, not what: they are nothing "beside" an agent, and an intervention of nothing
# else
# leaves open what is given.
_HOW_WORDS = """
    oral orally tablet tablets capsule capsules pill pills injection injections injectable injected infusion infusions
    infiltration subcutaneous subcutaneously intravenous intravenously intramuscular intraarticular articular
    intra intrathecal
    epidural transforaminal interlaminar caudal perineural nerve root facet joint plane lumbar cervical thoracic
    sacral shoulder
    knee local ultrasound guided fluoroscopic fluoroscopy fluoroscopically block blocks blockade weekly daily
    twice once week weeks
    month months days hour hours minutes dose doses dosing high higher medium lower standard regular sodium
    solution suspension taper
    tapered tapering therapy treatment drug medication active study adjuvant group first second initial
    maintenance induction every
    later prefilled syringe autoinjector device session sessions human acetate succinate phosphate acetonide
    hexacetonide chamber
    pressure short long term course extended early late only alone monotherapy combination combined background
    stable optional immediate delayed versus pulse bolus single multiple repeated level treated arms europe saline
    chloride
    water diluent normal physiological serum isotonic control untreated usual care none double blind open label
    mg ml kg iu mcg ug gm cc ata of and or in on at by to the an for with without per as no not one two three four
    five six po iv
    im sc qd bid tid qw eow ew day dl hr hrs min mins usp inj sol tab tabs cap caps xr er sr cr arm drugs non via
    up into from over
    given daily nacl who all any other mg/kg same after before during
"""
HOW = frozenset(_HOW_WORDS.split())
# Words that an intervention consists of when only the way in is told.
_WAYS_IN = frozenset({"injection", "injections", "block", "blocks", "infiltration", "infusion", "epidural", "caudal"})
_KIN = 6
_ANY_WORD = re.compile(r"[a-z]{2,}")


def says_what(name: str) -> bool:
    """Whether a part of an intervention's folded name says what is given, not only how."""
    return any(word not in HOW for word in _ANY_WORD.findall(name))


def stand_for(ours: frozenset[str], all_headings: frozenset[str], named: Named, *, spoken_of: bool) -> bool:
    """Whether one of ``ours`` stands for the intervention. Where a title or keyword of the record speaks of the agent,
    the heading may come from there: then the intervention must resemble it, or say only how something is given."""
    if named.type in _NO_TREATMENT:
        return False
    words, own, others = set(_WORD.findall(named.name.folded)), _words(ours), _words(all_headings - ours)
    alike = resembles(ours, named)
    if spoken_of:
        # "gamma-Globulins" stands beside "Immunoglobulins, Intravenous" in every record of the latter.
        akin = {
            heading
            for heading in all_headings
            for word in _words({heading})
            for ours_too in own
            if _kin(word, ours_too)
        }
        foreign = _words(all_headings - ours - akin)
        return (alike and not words & foreign) or bool(words & _WAYS_IN and words <= HOW)
    if medicines(named.name.folded) and not alike:
        return False
    return not others.intersection(_WORD.findall(named.about.folded))


def resembles(headings: frozenset[str], named: Named) -> bool:
    """Whether a word of the intervention's name and one of a heading are forms of one name."""
    words = set(_WORD.findall(named.name.folded))
    return any(_kin(word, heading) for word in words for heading in _words(headings))


def _words(headings: Collection[str]) -> set[str]:
    return {word for heading in headings for word in _WORD.findall(heading)}


def _kin(one: str, other: str) -> bool:
    """Whether two words share so long a stretch that they are forms of one name."""
    match = SequenceMatcher(None, one, other, autojunk=False).find_longest_match()
    return match.size >= _KIN and match.size * 2 > min(len(one), len(other))
