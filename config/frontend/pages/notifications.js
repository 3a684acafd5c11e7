// The notices: what one follows is marked as read.
import "../notices/reading.js";
