// One match: raw values from this browser's map.
import "../map/raw_values.js";
import "../matches/map_part.js";
