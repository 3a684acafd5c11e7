// Dispositions: lists and pages show values from this browser's map.
import "../map/raw_values.js";
