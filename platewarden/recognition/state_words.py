"""What the states print on their plates that tells one state from all others: names, mottoes, addresses. Words, no artwork.

Found within what is read: `KANSAS` is in `ARKANSAS`, and the longer word explains more. Anything that two states say, or a dealer,
is left out, as are words of fewer than four letters.
"""

from __future__ import annotations

__all__ = ["WORDS"]

# fmt: off
WORDS: dict[str, tuple[str, ...]] = {
    "AK": ("ALASKA", "The Last Frontier", "GOLD RUSH CENTENNIAL", "Celebrating Statehood 1959-2009", "NORTH TO THE FUTURE"),
    "AL": ("ALABAMA", "Heart of Dixie"),
    "AR": ("Arkansas", "The Natural State", "Land of Opportunity"),
    "AZ": ("ARIZONA", "GRAND CANYON STATE"),
    "CA": ("California", "dmv.ca.gov", "GOLDEN STATE"),
    "CO": ("COLORADO",),
    "CT": ("Connecticut", "Constitution State", "Preserve the Sound"),
    "DC": ("Washington, DC", "DISTRICT OF COLUMBIA", "TAXATION WITHOUT REPRESENTATION", "We Demand Statehood"),
    "DE": ("DELAWARE", "THE FIRST STATE"),
    "FL": ("FLORIDA", "SUNSHINE STATE", "SAVE THE MANATEE"),
    "GA": ("GEORGIA", "PEACH STATE", "www.dor.ga.gov"),
    "HI": ("HAWAII", "ALOHA STATE"),
    "IA": ("IOWA", "THE CORN STATE", "THE HAWKEYE STATE"),
    "ID": ("IDAHO", "FAMOUS POTATOES"),
    "IL": ("Illinois", "Land of Lincoln"),
    "IN": ("INDIANA", "www.IN.gov", "The Crossroads of America", "Bicentennial 1816-2016", "AMBER WAVES OF GRAIN", "HOOSIER STATE", "DISABLED HOOSIER VETERAN", "Hoosier Hospitality"),
    "KS": ("KANSAS", "THE WHEAT STATE", "Ad Astra Per Aspera"),
    "KY": ("KENTUCKY", "Unbridled Spirit", "BLUEGRASS STATE", "Nature's Finest"),
    "LA": ("Louisiana", "Sportsman's Paradise", "Bicentennial 1812-2012", "BAYOU STATE", "NEW ORLEANS 1718-2018", "Battle of New Orleans"),
    "MA": ("Massachusetts", "The Spirit of America", "CAPE & ISLANDS", "BIRTHPLACE OF BASKETBALL"),
    "MD": ("Maryland",),
    "ME": ("MAINE", "Vacationland"),
    "MI": ("MICHIGAN", "THE MACKINAC BRIDGE", "WORLD'S MOTOR CAPITAL", "WATER-WINTER WONDERLAND", "Spectacular Peninsulas", "GREAT LAKE STATE"),
    "MN": ("Minnesota", "10,000 lakes"),
    "MO": ("MISSOURI", "SHOW-ME STATE", "BICENTENNIAL 1821-2021"),
    "MS": ("MISSISSIPPI", "BIRTHPLACE OF AMERICA'S MUSIC", "The Hospitality State", "MAGNOLIA STATE"),
    "MT": ("MONTANA", "TREASURE STATE", "BIG SKY COUNTRY"),
    "NC": ("NORTH CAROLINA", "First in Flight", "First in Freedom"),
    "ND": ("North Dakota", "Peace Garden State", "Discover the Spirit"),
    "NE": ("NEBRASKA", "CORNHUSKER STATE", "THE BEEF STATE"),
    "NH": ("New Hampshire", "LIVE FREE OR DIE"),
    "NJ": ("New Jersey", "Garden State", "Shore To Please"),
    "NM": ("NEW MEXICO", "Land of Enchantment", "CHILE CAPITAL OF THE WORLD"),
    "NV": ("NEVADA", "The Silver State", "Las Vegas Centennial 1905-2005"),
    "NY": ("NEW YORK", "EMPIRE STATE", "EXCELSIOR"),
    "OH": ("OHIO", "BIRTHPLACE OF AVIATION", "THE HEART OF IT ALL!"),
    "OK": ("OKLAHOMA", "NATIVE AMERICA", "TRAVELOK.COM"),
    "OR": ("Oregon", "PACIFIC WONDERLAND", "Crater Lake"),
    "PA": ("PENNSYLVANIA", "WWW.STATE.PA.US", "KEYSTONE STATE", "visitPA"),
    "RI": ("Rhode Island", "Ocean State"),
    "SC": ("South Carolina", "Smiling Faces. Beautiful Places.", "Travel2SC.com", "While I Breathe, I Hope", "Nothing Could Be Finer"),
    "SD": ("South Dakota", "Great Faces. Great Places.", "MOUNT RUSHMORE"),
    "TN": ("Tennessee", "Volunteer State", "tnvacation.com"),
    "TX": ("TEXAS", "Lone Star State", "SESQUICENTENNIAL 1836-1986", "150 YEARS OF STATEHOOD"),
    "UT": ("UTAH", "LIFE ELEVATED", "GREATEST SNOW ON EARTH", "CENTENNIAL 1896-1996", "BEEHIVE STATE", "This Is The Place"),
    "VA": ("VIRGINIA", "400th Anniversary 1607-2007", "JAMESTOWN 2007", "Old Dominion"),
    "VT": ("Vermont", "Green Mountains"),
    "WA": ("WASHINGTON", "EVERGREEN STATE"),
    "WI": ("WISCONSIN", "America's Dairyland"),
    "WV": ("West Virginia", "WILD, WONDERFUL", "Mountain State", "Almost Heaven"),
    "WY": ("WYOMING", "Forever West", "Like No Place on Earth", "THE EQUALITY STATE", "CENTENNIAL 1890-1990", "The Cowboy State"),
}
"""State -> its words as they are printed; the name comes first. Only letters and digits count."""
# fmt: on
