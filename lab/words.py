"""Words on plates that tell no state: what the word reader must read too, so that it never takes a word for a state's because it is one.

What tells a state stands in `recognition/state_words.py`.
"""

from __future__ import annotations

# fmt: off
VAGUE = (
    "ALASKA ARTISTIC LICENSE", "Help Keep Alaska's Children Safe", "Pioneers of Alaska", "Stars Fell On", "Sweet Home",
    "www.alabama.travel", "Sweet Home Alabama", "Stars Fell On Alabama", "ALA", "University of Arkansas", "Game & Fish", "ARK",
    "ARIZ", "SESQUICENTENNIAL 150 YEARS", "The Golden State", "YOSEMITE", "LAKE TAHOE", "Whale Tail", "www.dmv.ca.gov", "CAL",
    "CALIF", "COLORFUL", "Colorful Colorado", "PROTECT OUR POLLINATORS", "Columbine Respect Life", "COLO", "CONN",
    "END TAXATION WITHOUT REPRESENTATION", "Celebrate & Discover", "www.washingtondc.gov", "A CAPITAL CITY", "THE NATION'S CAPITAL",
    "D.C.", "DELAWARE CENTENNIAL", "SMALL WONDER", "DEL", "MYFLORIDA.COM", "PROTECT WILD DOLPHINS", "Protect Our Reefs",
    "STATE OF THE ARTS", "Florida State University", "GATORS", "FLA", "MIAMI-DADE", "BROWARD", "PALM BEACH", "HILLSBOROUGH",
    "ORANGE", "PINELLAS", "DUVAL", "LEE", "POLK", "BREVARD", "VOLUSIA", "PASCO", "SEMINOLE", "SARASOTA", "OSCEOLA",
    "www.georgia.gov", "...on my mind", "Georgia ...on my mind", "GA", "GWINNETT", "FULTON", "COBB", "DEKALB", "CHATHAM", "CLAYTON",
    "CHEROKEE", "FORSYTH", "HENRY", "HALL", "RICHMOND", "BIBB", "MUSCOGEE", "COLUMBIA", "CLARKE", "FAYETTE", "PAULDING",
    "HAWAII VOLCANOES", "HALEAKALA", "Iowa State University", "HAWKEYES", "LINN", "SCOTT", "DALLAS", "STORY", "JOHNSON",
    "BLACK HAWK", "WOODBURY", "DUBUQUE", "CLINTON", "WARREN", "MARSHALL", "CERRO GORDO", "POTTAWATTAMIE", "DES MOINES", "SIOUX",
    "JASPER", "SCENIC IDAHO", "Scenic Idaho", "CENTENNIAL", "FAMOUS POTATOES CENTENNIAL", "IDA", "ILL", "Restart Your Engines",
    "Wander", "IND", "MIDWAY U.S.A.", "TO THE STARS", "KAN", "JO", "SG", "SN", "WY", "DG", "RL", "It's that friendly",
    "kentucky.gov", "KY", "JEFFERSON", "KENTON", "BOONE", "HARDIN", "DAVIESS", "CAMPBELL", "MADISON", "BULLITT", "PIKE", "OLDHAM",
    "MCCRACKEN", "PULASKI", "Louisiana State University", "LA", "Red Sox Foundation", "Preserve the Trust", "MASS", "War of 1812",
    "MARYLAND PROUD", "Treasure the Chesapeake", "Our Farms, Our Future", "www.maryland.gov", "Drive for the Future",
    "STAR SPANGLED 200", "www.starspangled200.org", "MD", "A NATURAL TREASURE", "Support Local Agriculture", "SPORTSMAN",
    "michigan.org", "www.michigan.gov", "GREAT LAKES", "GREAT LAKES SPLENDOR", "PURE MICHIGAN", "MICH", "LAND OF 10,000 LAKES",
    "CRITICAL HABITAT", "Explore", "MINN", "MIZZOU", "BEYOND LOCAL", "MO", "THE MAGNOLIA STATE", "MISS", "HINDS", "HARRISON",
    "RANKIN", "DESOTO", "JACKSON", "FORREST", "LAUDERDALE", "JONES", "LAFAYETTE", "LOWNDES", "PEARL RIVER", "LAMAR", "BIG SKY",
    "Big Sky", "THE TREASURE STATE", "MONT", "N.C.", "Legendary", "LEGENDARY", "N.DAK", "N.D.PIONEER", "www.nebraska.gov",
    "THE GOOD LIFE", "HUSKERS", "The Cornhusker State", "NEB", "NEBR", "SCENIC", "ESTABLISHED 1963", "N.H.", "TREASURE OUR TREES",
    "Discover NJ History", "Conquer Cancer", "Battleship New Jersey", "N.J.", "Centennial 1912-2012", "N.MEX", "Home Means Nevada",
    "UNLV", "Lake Tahoe", "LAS VEGAS", "NEV", "THE EMPIRE STATE", "T & L C", "N.Y.", "BEAUTIFUL OHIO", "SESQUICENTENNIAL",
    "Beautiful Ohio", "BUCKEYES", "Sunrise in Ohio", "EXPLORE OKLAHOMA - TRAVELOK.COM", "OK!", "CHEROKEE NATION",
    "CHICKASAW NATION", "CHOCTAW NATION", "MUSCOGEE NATION", "IMAGINE THAT", "OKLA", "SALMON", "WINE COUNTRY", "TRAIL BLAZERS",
    "Oregon Trail", "ORE", "visitPA.com", "You've Got a Friend in", "VISITPA.COM", "BICENTENNIAL STATE", "LIBERTY",
    "Conserve Wild Resources", "PENNA", "PA", "Discover", "Plum Beach Lighthouse", "Beautiful", "Conservation Through Education",
    "R.I.", "www.discoversouthcarolina.com", "Gone Fishing", "S.C.", "Mount Rushmore State", "S.DAK", "The Volunteer State",
    "THE VOLUNTEER STATE", "Sounds Good To Me", "www.tnvacation.com", "Bicentennial", "TENN", "SHELBY", "DAVIDSON", "KNOX",
    "HAMILTON", "RUTHERFORD", "WILLIAMSON", "SUMNER", "MONTGOMERY", "WILSON", "SULLIVAN", "The Lone Star State",
    "THE LONE STAR STATE", "HEMISFAIR", "Don't Mess With", "NATIVE", "TEX", "Ski Utah!", "VIRGINIA IS FOR LOVERS",
    "Virginia is for Lovers", "Friend of the Chesapeake", "FRIEND OF THE CHESAPEAKE", "Virginia Tech", "VA", "VA APPORTIONED",
    "VA FARM VEHICLE", "Green Mountain State", "GREEN MOUNTAIN STATE", "SEE", "CONSERVE", "VT", "CENTENNIAL CELEBRATION",
    "THE EVERGREEN STATE", "Washington's National Parks", "SEAHAWKS", "Keep Kids Safe", "WASH", "ENDANGERED RESOURCES",
    "Endangered Resources", "Escape to", "WIS", "Wild & Wonderful for 150 Years!", "WVU ALUMNI", "W.VA", "WYO",
)
"""Mottoes that say little by themselves, old short forms, counties."""
ANYWHERE = (
    "IN GOD WE TRUST", "In God We Trust", "VETERAN", "DISABLED VETERAN", "UNIVERSITY", "STATE UNIVERSITY", "ALUMNI", "CHOOSE LIFE",
    "Choose Life", "TRUCK", "TRAILER", "COMMERCIAL", "APPORTIONED", "NATIONAL GUARD", "FIRE FIGHTER", "FIREFIGHTER", "PURPLE HEART",
    "Combat Wounded", "SUPPORT OUR TROOPS", "Support Education", "BREAST CANCER AWARENESS", "Fight Terrorism", "UNITED WE STAND",
    "U.S. ARMY", "U.S. NAVY", "U.S. MARINE CORPS", "AIR FORCE", "GOLD STAR FAMILY", "Gold Star Mother", "ROTARY INTERNATIONAL",
    "LIONS CLUB", "MASON", "SHRINERS", "BOY SCOUTS", "GIRL SCOUTS", "DUCKS UNLIMITED", "PLAY TENNIS", "AGRICULTURE", "Ag Tag",
    "ANTIQUE", "ANTIQUE CAR", "CLASSIC", "HISTORIC VEHICLE", "STREET ROD", "COLLECTOR", "AMATEUR RADIO", "DEALER", "EXEMPT",
    "MUNICIPAL", "GOVERNMENT", "STATE GOVERNMENT", "LEGISLATURE", "MEMBER OF CONGRESS", "PRESS", "TAXI", "LIVERY", "FARM",
    "FARM TRUCK", "SAMPLE", "Sample", "MOTORCYCLE", "WILDLIFE", "Conserve Wildlife", "Animal Friendly", "Spay & Neuter",
    "Adopt a Shelter Pet", "Protect the Environment", "KOREAN WAR", "VIETNAM VETERAN", "DESERT STORM", "WORLD WAR II",
    "PEARL HARBOR SURVIVOR", "EX-POW", "Former Prisoner of War", "BRONZE STAR", "PARAMEDIC", "EMT", "POLICE", "FOP",
    "Fraternal Order of Police", "AUTISM AWARENESS", "DONATE LIFE", "ORGAN DONOR", "Share the Road", "Support the Arts", "FFA",
    "4-H", "TROUT UNLIMITED", "NASCAR", "Literacy", "Read", "Military Family", "HANDICAPPED", "DISABLED", "PERMANENT", "CENTENNIAL",
    "Bicentennial", "EMERGENCY", "SCHOOL BUS",
)
"""Said on plates of many states."""
ELSEWHERE = (
    "ONTARIO", "Ontario", "Québec", "QUEBEC", "Alberta", "ALBERTA", "British Columbia", "BRITISH COLUMBIA", "Manitoba", "MANITOBA",
    "Saskatchewan", "SASKATCHEWAN", "Nova Scotia", "NEW BRUNSWICK", "New Brunswick", "Newfoundland", "YUKON",
    "PRINCE EDWARD ISLAND", "PUERTO RICO", "Puerto Rico", "GUAM", "U.S. VIRGIN ISLANDS", "AMERICAN SAMOA", "BAJA CALIFORNIA",
    "SONORA", "CHIHUAHUA", "TAMAULIPAS", "NUEVO LEON", "COAHUILA", "JALISCO", "SINALOA", "MEXICO", "U.S. GOVERNMENT",
    "FOR OFFICIAL USE ONLY", "NAVAJO NATION", "BERMUDA", "BAHAMAS", "JAMAICA", "NEW SOUTH WALES", "VICTORIA", "QUEENSLAND",
    "SOUTH AUSTRALIA", "TASMANIA", "MOTORS", "HONDA", "TOYOTA", "FORD", "CHEVROLET", "NISSAN", "Yours to Discover",
    "Je me souviens", "Beautiful", "Wild Rose Country", "Friendly", "Land of Living Skies", "Canada's Ocean Playground",
    "Isla del Encanto", "UNITED STATES", "AMERICA", "DEUTSCHLAND", "NEDERLAND", "BRASIL", "THE GAMBIA",
)
"""Names of others than the fifty-one, and their mottoes."""
# fmt: on
