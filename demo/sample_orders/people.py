"""Who buys from Bramble & Birch Studio?

Those whose email is in the sample books are known to QuickBooks already; each of the others is created there with
their first order. Every name and address is invented, every email is at a domain kept for examples.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Buyer:
    """A customer of the CRM or of the stall."""

    id: int
    given: str
    family: str
    company: str
    email: str
    street: str
    city: str
    postal_code: str
    #: Whether QuickBooks has a customer with this email.
    known: bool

    @property
    def name(self) -> str:
        """As a person would say it."""
        return f"{self.given} {self.family}".strip() or self.company


# given | family | company | email | street | city, postal code
_KNOWN = """
Priya | Natarajan | |  Priya.Natarajan@Example.COM | 27 Juniper Court | Fort Collins, 80524
Amara | Lindqvist | | amara.lindqvist@example.org | 901 Pearl Street | Boulder, 80302
Ben | Farrow | | Ben.Farrow@example.net | 14 Eighth Avenue | Greeley, 80631
Camille | Dufrêne | | camille.dufrene@example.net | 330 Gaylord Street | Denver, 80206
Eleni | Papadakis | | ELENI.PAPADAKIS@EXAMPLE.ORG | 72 Spruce Street | Boulder, 80302
 | | Foothills Montessori School | office@foothills-montessori.example.org | 1405 Hover Street | Longmont, 80501
Graham | Whitlock | | graham.whitlock@example.com | 66 Poudre Lane | Windsor, 80550
Hana | Kobayashi | | hana.kobayashi@example.net | 18 Canyon Avenue | Fort Collins, 80521
Ibrahim | Yılmaz | | ibrahim.yilmaz@example.com | 455 Havana Street | Aurora, 80010
Joaquín | Herrera | | joaquin.herrera@example.org | 2210 Federal Boulevard | Denver, 80211
Leila | Haddad | | leila.haddad@example.net | 7 Garrison Street | Lakewood, 80226
Marguerite | Oyelaran | | marguerite.oyelaran@example.com | 118 Cleveland Avenue | Loveland, 80537
Nils | Bergström | | nils.bergstrom@example.org | 2040 Mapleton Avenue | Boulder, 80304
Odette | Fairbanks | | odette.fairbanks@example.com | 59 Cranford Place | Greeley, 80631
Quentin | Abernathy | | quentin.abernathy@example.net | 801 Washington Avenue | Golden, 80401
Rosalind | Mbeki | | rosalind.mbeki@example.com | 3333 Bradburn Drive | Westminster, 80031
Saoirse | Gallagher | | saoirse.gallagher@example.org | 1720 Logan Street | Denver, 80203
Tobias | Engel | | tobias.engel@example.net | 90 Midway Boulevard | Broomfield, 80020
Valentina | Rossi | | valentina.rossi@example.com | 57 Olde Wadsworth | Arvada, 80002
Wendell | Carmichael | | wendell.carmichael@example.org | 4 Main Street | Timnath, 80547
Yusuf | Demir | | yusuf.demir@example.net | 9901 Grant Street | Thornton, 80229
"""

_NEW = """
Aoife | Ní Bhriain | | aoife.nibhriain@example.com | 12 Larimer Square | Denver, 80202
Marcus | O'Connell | | marcus.oconnell@example.org | 208 Mulberry Street | Fort Collins, 80521
Оксана | Шевченко | | oksana.shevchenko@example.net | 1600 Ogden Street | Denver, 80218
Дмитрий | Орлов | | dmitri.orlov@example.com | 77 Iris Avenue | Boulder, 80301
Maya | Brook 🌿 | | maya.brook@example.org | 19 Alder Lane | Lyons, 80540
Zoë | Vandermeer | | zoe.vandermeer@example.com | 340 Mountain Avenue | Fort Collins, 80521
François | L'Écuyer | | francois.lecuyer@example.net | 88 Marion Street | Denver, 80218
Søren | Ålund | | soren.alund@example.com | 1212 Table Mesa Drive | Boulder, 80305
Tess | D'Angelo | | tess.dangelo@example.org | 63 Kimbark Street | Longmont, 80501
Harriet | Quimby | | harriet.quimby@example.com | 5 Elkhorn Avenue | Estes Park, 80517
Kwame | Asante | | kwame.asante@example.net | 410 Colfax Avenue | Aurora, 80010
Lucía | Peñalosa | | lucia.penalosa@example.org | 2900 Zuni Street | Denver, 80211
Hiroshi | Tanabe | | hiroshi.tanabe@example.com | 31 Baseline Road | Boulder, 80302
Bridget | Fenwick | | bridget.fenwick@example.net | 745 Whedbee Street | Fort Collins, 80524
Anders | Holm-Nielsen | | anders.holm-nielsen@example.org | 16 Coffman Street | Longmont, 80501
Ruth | Abramowitz | | ruth.abramowitz@example.com | 1001 Monaco Parkway | Denver, 80220
Delphine | St. Cloud | | delphine.stcloud@example.net | 22 Remington Street | Fort Collins, 80524
Tomasz | Wiśniewski | | tomasz.wisniewski@example.com | 830 Emery Street | Longmont, 80501
Ingrid | Svensdottir | | ingrid.svensdottir@example.org | 46 Pine Street | Boulder, 80302
Malik | Johnson Jr. | | malik.johnson@example.com | 5050 Peoria Street | Denver, 80239
Beatriz | Carvalho | | beatriz.carvalho@example.net | 12 Quitman Street | Denver, 80212
Owen | Pritchard | | owen.pritchard@example.org | 390 Garfield Avenue | Loveland, 80537
Sunita | Rao | | sunita.rao@example.com | 2112 Stover Street | Fort Collins, 80525
Gwendolyn | Ashworth | | gwendolyn.ashworth@example.net | 71 Ninth Street | Greeley, 80631
Elias | Brandt | | elias.brandt@example.org | 8 Nederland Road | Nederland, 80466
Noor | al-Rashid | | noor.alrashid@example.com | 1470 Dahlia Street | Denver, 80220
Piper | McAllister | | piper.mcallister@example.net | 303 College Avenue | Fort Collins, 80524
Cosima | Hartwell | | cosima.hartwell@example.org | 65 Bross Street | Longmont, 80501
 | | Thistle & Thyme Café | orders@thistleandthyme.example.com | 140 Linden Street | Fort Collins, 80524
 | | Front Porch Book Club | hello@frontporchbooks.example.org | 27 Third Street | Berthoud, 80513
 | | St. Brigid's Parish School | bursar@stbrigids.example.org | 900 Remington Street | Fort Collins, 80524
 | | Wild Mustang Yoga | front.desk@wildmustangyoga.example.com | 221 Jefferson Street | Fort Collins, 80524
Fern | Delacroix | | fern.delacroix@example.com | 18 Cheyenne Drive | Red Feather Lakes, 80545
Ravi | Krishnamurthy | | ravi.krishnamurthy@example.net | 3001 Harmony Road | Fort Collins, 80528
Josephine | Tillery | | josephine.tillery@example.org | 42 Bellvue Lane | Bellvue, 80512
"""

_STALL_KNOWN = """
 | | O'Malley & Daughters | Orders@OMalley.example.com | 1880 Blake Street | Denver, 80202
 | | Kestrel Coffee Roasters | wholesale@kestrelcoffee.example.com | 400 Linden Street | Fort Collins, 80524
 | | Desert Willow Gallery | hello@desertwillow.example.com | 117 Union Avenue | Pueblo, 81003
 | | Blue Spruce Community Center | programs@bluespruce.example.org | 660 Community Drive | Estes Park, 80517
 | | Poudre Valley Library | events@poudrelibrary.example.org | 201 Peterson Street | Fort Collins, 80524
 | | Umber & Ash Tableware | studio@umberandash.example.com | 2525 Arapahoe Avenue | Boulder, 80302
"""

_STALL_NEW = """
 | | Sunflower Market Co-op | buying@sunflowercoop.example.com | 750 Lemay Avenue | Fort Collins, 80524
 | | Café Lumière | bonjour@cafelumiere.example.net | 34 Larimer Street | Denver, 80202
 | | Rocky Top Gift Shop | shop@rockytopgifts.example.com | 15 Elkhorn Avenue | Estes Park, 80517
 | | Hearth & Vine Restaurant | kitchen@hearthandvine.example.org | 29 Walnut Street | Fort Collins, 80524
Imogen | Sallow | | imogen.sallow@example.com | 61 Locust Street | Fort Collins, 80524
Rafael | Ibarra | | rafael.ibarra@example.net | 118 Laporte Avenue | Fort Collins, 80521
Ottilie | Kranz | | ottilie.kranz@example.org | 7 Shields Street | Fort Collins, 80521
Declan | O'Rourke | | declan.orourke@example.com | 940 Mathews Street | Fort Collins, 80524
"""

_WITHOUT_EMAIL = "Gus | Pemberton | | | 3 Vine Drive | Fort Collins, 80524"
_SHARING_AN_EMAIL = """
Ngozi | Okafor | | family.okafor@example.com | 512 Taft Avenue | Loveland, 80537
Chidi | Okafor | | family.okafor@example.com | 512 Taft Avenue | Loveland, 80537
"""
#: QuickBooks has a vendor of this name, so it refuses a customer of it.
_NAME_OF_A_VENDOR = " | | Harbor Print Co | accounts@harborprint.example.com | 1 Harbor Way | Fort Collins, 80524"


def _buyers(table: str, *, first_id: int, known: bool) -> tuple[Buyer, ...]:
    rows = [row.split("|") for row in table.strip("\n").splitlines()]
    return tuple(_buyer(number, row, known) for number, row in enumerate(rows, start=first_id))


def _buyer(number: int, row: list[str], known: bool) -> Buyer:
    given, family, company, email, street, town = row
    city, _, postal_code = town.strip().rpartition(", ")
    return Buyer(
        id=number,
        given=given.strip(),
        family=family.strip(),
        company=company.strip(),
        email=email[1:].rstrip(),
        street=street.strip(),
        city=city,
        postal_code=postal_code,
        known=known,
    )


KNOWN = _buyers(_KNOWN, first_id=501, known=True)
NEW = _buyers(_NEW, first_id=540, known=False)
WITHOUT_EMAIL = _buyers(_WITHOUT_EMAIL, first_id=590, known=False)[0]
NGOZI, CHIDI = _buyers(_SHARING_AN_EMAIL, first_id=591, known=True)
HARBOR = _buyers(_NAME_OF_A_VENDOR, first_id=593, known=False)[0]
STALL_KNOWN = _buyers(_STALL_KNOWN, first_id=0, known=True)
STALL_NEW = _buyers(_STALL_NEW, first_id=0, known=False)


def buyer(name: str) -> Buyer:
    """The buyer of that name."""
    return next(person for person in (*KNOWN, *NEW, *STALL_KNOWN, *STALL_NEW) if person.name == name)
