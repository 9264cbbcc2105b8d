"""Is this the name of a medicine, whatever its use: by the endings that international names share, or well known.

Only asked where an intervention's other names name one of our agents: "corticosteroids" among the other names of
omalizumab is a slip of whoever filled in the form, and omalizumab is what is given. Folded texts throughout.
"""

import re
from collections.abc import Iterable

_ENDINGS = """
    mab cept nib kinra stat pril sartan olol azole mycin micin cillin cycline floxacin gliptin gliflozin glutide vir
    setron caine profen coxib oxetine triptan gepant lukast terol tropium parin xaban platin rubicin taxel citabine
    trexed limus ciclib parib imod imide tinib fenac azepam azolam dronate dronic triptyline gabalin gabapentin
    statin fungin penem methacin barbital curium curonium fentanil fentanyl morphine codone phylline tidine prazole
    prazan cristine blastine poside mustine sulfan thiazide semide dipine afil glitazone formin thyroxine plase grel
    poietin grastim interferon leukin glucan toxin vastatin zepine giline dopa oxacin medetomidine quine quinil
    sentan milast ciguat vorin relin retide reotide siran nersen leucel uracil tecan bactam kacin fibrate lisib
    afenib mycine parvovec calcitol rafine stim metinib trexone
"""
_KNOWN = """
    acetaminophen adrenaline alcohol amitriptyline aspirin atropine baclofen caffeine clonidine colchicine
    cyclophosphamide botulinum calcium cefazolin ceftriaxone cyclosporin cyclosporine ciclosporin dalbavancin
    dapsone diazepam diclofenac duloxetine ephedrine epinephrine etoposide fludarabine folate gabapentin glucose
    hyaluronate hyaluronic hydroxychloroquine insulin iron ketamine ketorolac leflunomide levothyroxine magnesium
    melatonin metformin mycophenolate naloxone naltrexone omalizumab oxycodone ozone leucovorin paracetamol plasma
    pregabalin probiotic propofol remifentanil salbutamol selenium sulfasalazine testosterone thalidomide tramadol
    vincristine vitamin zinc
"""
_MEDICINE = re.compile(rf"\b(?:[a-z]{{2,}}(?:{'|'.join(_ENDINGS.split())})|(?:{'|'.join(_KNOWN.split())}))e?\b")
_WORD = re.compile(r"[a-z]{5,}")


def medicines(name: str, headings: Iterable[str] = ()) -> frozenset[str]:
    """The words of a name that are medicines; ``headings``: what the record's index calls its interventions."""
    indexed = {word for heading in headings for word in _WORD.findall(heading)}
    return frozenset(word for word in _WORD.findall(name) if word in indexed or _MEDICINE.fullmatch(word))
