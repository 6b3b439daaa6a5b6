/** A row of the demo catalogue, in the form that imports take. */
interface DemoProduct {
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly brand: string;
  readonly categories: readonly string[];
  readonly price: string;
  readonly popularity: number;
  readonly stock: number;
}

/** An invented household shop, so that a first start has something to sell. Rows for `catalog.importProducts`. */
export const demoProducts: readonly DemoProduct[] = [
  ...range(["Kitchen", "Cookware"], "Hearthline", [
    [
      "HL-PAN-24",
      "Cast Iron Skillet 24 cm",
      "Pre-seasoned skillet with a pouring lip. Keeps its heat for searing.",
      "34.90",
      940,
      60,
    ],
    [
      "HL-PAN-28",
      "Cast Iron Skillet 28 cm",
      "The larger skillet, for a family's breakfast or two steaks.",
      "44.90",
      910,
      45,
    ],
    [
      "HL-POT-5",
      "Enamelled Dutch Oven 5 l",
      "Cast iron pot with a tight lid for bread, stews and braises.",
      "119.00",
      880,
      25,
    ],
    [
      "HL-POT-S",
      "Saucepan Set of Three",
      "Stainless steel saucepans of one, two and three litres with lids.",
      "89.50",
      610,
      30,
    ],
    [
      "HL-WOK-32",
      "Carbon Steel Wok 32 cm",
      "Light wok with a wooden handle that gets better with use.",
      "39.95",
      570,
      40,
    ],
  ]),
  ...range(["Kitchen", "Knives and Boards"], "Whetstone & Rowe", [
    [
      "WR-CHEF-20",
      "Chef's Knife 20 cm",
      "Forged blade with a full tang and a handle of stabilised oak.",
      "74.00",
      970,
      50,
    ],
    ["WR-PARE-9", "Paring Knife 9 cm", "Small knife for peeling and trimming.", "24.00", 690, 80],
    [
      "WR-BREAD-24",
      "Bread Knife 24 cm",
      "Serrated blade that cuts crust without crushing the crumb.",
      "42.00",
      520,
      35,
    ],
    [
      "WR-STONE-2",
      "Sharpening Stone 1000/6000",
      "Two-sided whetstone with a non-slip base.",
      "38.50",
      450,
      40,
    ],
    [
      "WR-BOARD-L",
      "End-Grain Cutting Board",
      "Acacia board of 40 by 30 cm with a juice groove.",
      "59.00",
      560,
      20,
    ],
  ]),
  ...range(["Kitchen", "Coffee and Tea"], "Morning Ledge", [
    [
      "ML-DRIP-1",
      "Pour-Over Coffee Dripper",
      "Ceramic dripper for one or two cups, with forty paper filters.",
      "22.50",
      860,
      70,
    ],
    [
      "ML-GRIND-H",
      "Hand Coffee Grinder",
      "Steel burrs with thirty settings from espresso to French press.",
      "64.00",
      830,
      35,
    ],
    [
      "ML-PRESS-8",
      "French Press 1 l",
      "Double-walled steel press that keeps coffee hot for an hour.",
      "36.00",
      700,
      45,
    ],
    [
      "ML-KETTLE-G",
      "Gooseneck Kettle",
      "Electric kettle that holds any temperature between 40 and 100 degrees.",
      "79.00",
      790,
      28,
    ],
    [
      "ML-TEA-2",
      "Glass Teapot with Strainer",
      "Teapot of 1.2 litres with a strainer of fine steel mesh.",
      "27.90",
      480,
      50,
    ],
  ]),
  ...range(["Home", "Lighting"], "Lumen Harbour", [
    [
      "LH-DESK-1",
      "Desk Lamp with Dimmer",
      "LED lamp with three colour temperatures and a charging port.",
      "49.00",
      820,
      55,
    ],
    ["LH-FLOOR-3", "Tripod Floor Lamp", "Ash legs and a linen shade of 45 cm.", "129.00", 430, 12],
    [
      "LH-BULB-4",
      "LED Bulbs, Pack of Four",
      "Warm white bulbs of 8 watts for E27 sockets, dimmable.",
      "14.80",
      900,
      200,
    ],
    [
      "LH-STRIP-5",
      "LED Light Strip 5 m",
      "Light strip with remote control that can be cut every 10 cm.",
      "25.90",
      640,
      90,
    ],
    [
      "LH-NIGHT-2",
      "Motion Sensor Night Lights",
      "Two rechargeable lights for stairs and corridors.",
      "19.90",
      590,
      110,
    ],
  ]),
  ...range(["Home", "Textiles"], "Fernweave", [
    [
      "FW-TOWEL-4",
      "Bath Towels, Set of Four",
      "Cotton towels of 600 grams per square metre.",
      "48.00",
      770,
      65,
    ],
    [
      "FW-BED-D",
      "Linen Duvet Cover",
      "Washed linen for a double bed, with two pillowcases.",
      "139.00",
      540,
      18,
    ],
    ["FW-THROW-W", "Wool Throw", "Merino throw of 140 by 200 cm with a fringe.", "84.00", 490, 22],
    ["FW-PILLOW-2", "Feather Pillows, Pair", "Pillows of 50 by 75 cm with a cotton cover.", "56.00", 460, 40],
    ["FW-RUG-J", "Jute Rug 160 x 230 cm", "Hand-woven rug that stands up to a hallway.", "99.00", 380, 10],
  ]),
  ...range(["Electronics", "Audio"], "Quillon", [
    [
      "QL-HEAD-X",
      "Wireless Headphones",
      "Over-ear headphones with noise cancelling and 35 hours of battery.",
      "149.00",
      990,
      40,
    ],
    [
      "QL-BUDS-2",
      "Wireless Earbuds",
      "Earbuds with a charging case and resistance to rain.",
      "79.90",
      960,
      75,
    ],
    [
      "QL-SPEAK-M",
      "Portable Speaker",
      "Speaker for the beach: waterproof, floats, plays for 16 hours.",
      "89.00",
      850,
      50,
    ],
    ["QL-BAR-1", "Compact Soundbar", "Soundbar of 60 cm with a wireless subwoofer.", "199.00", 620, 15],
    ["QL-RADIO-D", "Digital Kitchen Radio", "DAB+ radio with alarm and Bluetooth.", "69.00", 410, 24],
  ]),
  ...range(["Electronics", "Accessories"], "Tallis", [
    ["TL-CHARGE-65", "USB-C Charger 65 W", "Charges a laptop and two phones at once.", "39.00", 930, 120],
    ["TL-CABLE-2", "USB-C Cable 2 m", "Braided cable for 100 watts.", "12.50", 920, 300],
    [
      "TL-POWER-20",
      "Power Bank 20,000 mAh",
      "Power bank with a display and pass-through charging.",
      "44.90",
      840,
      85,
    ],
    [
      "TL-HUB-7",
      "USB-C Hub, Seven Ports",
      "Hub with HDMI, Ethernet, card reader and three USB ports.",
      "54.00",
      680,
      60,
    ],
    ["TL-STAND-A", "Aluminium Laptop Stand", "Foldable stand in six heights.", "32.00", 650, 70],
  ]),
  ...range(["Outdoor", "Garden"], "Bramble Yard", [
    ["BY-PRUNE-1", "Bypass Pruning Shears", "Shears with a replaceable blade and a lock.", "28.00", 530, 60],
    ["BY-HOSE-20", "Garden Hose 20 m", "Kink-free hose with a spray gun and connectors.", "36.90", 500, 33],
    ["BY-GLOVE-M", "Gardening Gloves", "Goatskin gloves with long cuffs against thorns.", "18.90", 440, 95],
    ["BY-SEED-H", "Herb Seed Collection", "Twelve kitchen herbs with a growing guide.", "15.50", 470, 140],
    // The last piece, to see what happens when two want it.
    ["BY-BENCH-T", "Teak Garden Bench", "Bench for two, of oiled teak.", "289.00", 260, 1],
  ]),
];

type ShortRow = readonly [
  sku: string,
  name: string,
  description: string,
  price: string,
  popularity: number,
  stock: number,
];

function range(categories: readonly string[], brand: string, rows: readonly ShortRow[]): DemoProduct[] {
  return rows.map(([sku, name, description, price, popularity, stock]) => ({
    sku,
    name,
    description,
    brand,
    categories,
    price,
    popularity,
    stock,
  }));
}
