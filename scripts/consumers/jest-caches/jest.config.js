module.exports = { testEnvironment: 'node', testRegex: '.*\\.spec\\.js$' };
