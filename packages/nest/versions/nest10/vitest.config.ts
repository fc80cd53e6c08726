import { versionConfig } from '../../versionConfig.ts';

export default versionConfig('nest10');
