"""Which planning region a town of Connecticut is in.

Since 2022 the Census Bureau takes Connecticut's nine planning regions for its counties, and they do not follow the
lines of the old ones. Postal data still tell the old counties, so a ZIP code is led to its region by its post
office's town. Source: Connecticut's 169 towns by council of governments (Office of Policy and Management), with the
villages that have post offices of their own added to their towns.
"""

from typing import Final

_TOWNS: Final = {
    "Capitol": (
        "Andover|Avon|Berlin|Bloomfield|Bolton|Canton|Columbia|Coventry|East Granby|East Hartford|East Windsor|"
        "Ellington|Enfield|Farmington|Glastonbury|Granby|Hartford|Hebron|Manchester|Mansfield|Marlborough|New Britain|"
        "Newington|Plainville|Rocky Hill|Simsbury|Somers|South Windsor|Southington|Stafford|Suffield|Tolland|Vernon|"
        "West Hartford|Wethersfield|Willington|Windsor|Windsor Locks|"
        "Amston|Broad Brook|Canton Center|Collinsville|East Berlin|East Glastonbury|East Windsor Hill|Mansfield Center|"
        "Mansfield Depot|Marion|Milldale|North Canton|North Granby|Plantsville|Poquonock|Somersville|"
        "South Glastonbury|South Willington|Stafford Springs|Staffordville|Storrs Mansfield|Tariffville|Unionville|"
        "Vernon Rockville|Weatogue|West Granby|West Simsbury|West Suffield"
    ),
    "Greater Bridgeport": "Bridgeport|Easton|Fairfield|Monroe|Stratford|Trumbull|Southport|Stevenson",
    "Lower Connecticut River Valley": (
        "Chester|Clinton|Cromwell|Deep River|Durham|East Haddam|East Hampton|Essex|Haddam|Killingworth|Lyme|"
        "Middlefield|Middletown|Old Lyme|Old Saybrook|Portland|Westbrook|"
        "Centerbrook|Cobalt|Hadlyme|Higganum|Ivoryton|Middle Haddam|Moodus|Rockfall|South Lyme"
    ),
    "Naugatuck Valley": (
        "Ansonia|Beacon Falls|Bethlehem|Bristol|Cheshire|Derby|Middlebury|Naugatuck|Oxford|Plymouth|Prospect|Seymour|"
        "Shelton|Southbury|Thomaston|Waterbury|Watertown|Wolcott|Woodbury|"
        "Oakville|Pequabuck|South Britain|Terryville"
    ),
    "Northeastern Connecticut": (
        "Ashford|Brooklyn|Canterbury|Chaplin|Eastford|Hampton|Killingly|Plainfield|Pomfret|Putnam|Scotland|Sterling|"
        "Thompson|Union|Voluntown|Woodstock|"
        "Abington|Ballouville|Central Village|Danielson|Dayville|East Killingly|East Woodstock|Fabyan|Grosvenor Dale|"
        "Moosup|North Grosvenordale|Oneco|Pomfret Center|Quinebaug|Rogers|South Woodstock|Wauregan|Woodstock Valley"
    ),
    "Northwest Hills": (
        "Barkhamsted|Burlington|Canaan|Colebrook|Cornwall|Goshen|Hartland|Harwinton|Kent|Litchfield|Morris|"
        "New Hartford|Norfolk|North Canaan|Roxbury|Salisbury|Sharon|Torrington|Warren|Washington|Winchester|"
        "Bantam|Cornwall Bridge|East Canaan|East Hartland|Falls Village|Lakeside|Lakeville|New Preston Marble Dale|"
        "Northfield|Pine Meadow|Riverton|South Kent|Taconic|Washington Depot|West Cornwall|West Hartland|"
        "Winchester Center|Winsted"
    ),
    "South Central Connecticut": (
        "Bethany|Branford|East Haven|Guilford|Hamden|Madison|Meriden|Milford|New Haven|North Branford|North Haven|"
        "Orange|Wallingford|West Haven|Woodbridge|Northford"
    ),
    "Southeastern Connecticut": (
        "Bozrah|Colchester|East Lyme|Franklin|Griswold|Groton|Lebanon|Ledyard|Lisbon|Montville|New London|"
        "North Stonington|Norwich|Preston|Salem|Sprague|Stonington|Waterford|Windham|"
        "Baltic|Gales Ferry|Gilman|Hanover|Jewett City|Mashantucket|Mystic|Niantic|North Franklin|North Westchester|"
        "North Windham|Oakdale|Old Mystic|Pawcatuck|Quaker Hill|South Windham|Taftville|Uncasville|Versailles|"
        "West Mystic|Willimantic|Yantic"
    ),
    "Western Connecticut": (
        "Bethel|Bridgewater|Brookfield|Danbury|Darien|Greenwich|New Canaan|New Fairfield|New Milford|Newtown|Norwalk|"
        "Redding|Ridgefield|Sherman|Stamford|Weston|Westport|Wilton|"
        "Botsford|Cos Cob|Gaylordsville|Georgetown|Greens Farms|Hawleyville|Old Greenwich|Redding Center|"
        "Redding Ridge|Riverside|Sandy Hook"
    ),
}

REGION_OF_TOWN: Final = {
    town: f"{region} Planning Region" for region, towns in _TOWNS.items() for town in towns.split("|")
}
"""The planning region, as the Census Bureau names it, of every town and of every village with a post office."""
