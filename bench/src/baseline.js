// What any JavaScript action has to load: the yardstick for our cold start.
import * as core from '@actions/core';

core.getInput('command');
