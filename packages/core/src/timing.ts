/*
 * Every duration of this package, and every limit that is policy rather than a matter of the wire: one value, its unit in
 * its name, its reason beside it. Nothing else in core knows a time. The table in docs/operations.md is made of this file.
 */
const defaults = {
  /** The registration of one device, from its first look at the cache to its token. */
  machine: {
    /** A token is renewed in the background from this part of its life on; fixed times fail for short lives. */
    renewFrom: 0.65,
    /** To this part; each device has its own point between the two. The latest of six hours still has 72 minutes left. */
    renewTo: 0.8,
    /** A token is not used this close to its expiry: the call that carries it takes time. */
    expiryMarginMs: 60_000,
    /** Nor in this part of its life, if that is shorter. */
    expiryMarginPart: 0.1,
    /** A process that dies keeps the others from its device for so long; it outlasts an upstream call. */
    leaseMs: 5_000,
    /** The longest that one call to Adobe Pass may take. */
    upstreamTimeoutMs: 4_000,
    /** At most one refresh per device in this time because of a 401: a token that is rejected again is not the token's fault. */
    forcedRefreshIntervalMs: 30_000,
    /** Upstream failures in one run before its callers are told. */
    attempts: 3,
    /** Failed writes of one pair before its callers are told. */
    storeAttempts: 3,
    /** The pause after a first failure; it doubles with each. */
    backoffFirstMs: 1_000,
    /** Where the doubling ends. */
    backoffMaxMs: 30_000,
    /** Adobe Pass lifts a throttle one second after the first 429. */
    throttleMs: 1_000,
    /** Up to so much more, by device: not all at the same instant. */
    throttleSpreadMs: 250,
    /** After an answer that only a person can change. */
    refusedMs: 10_000,
    /** How soon a process looks again whether another has finished; it grows by half each time. */
    pollFirstMs: 40,
    /** Where that growth ends. */
    pollMaxMs: 400,
    /** The pause after Adobe Pass refused a pair whose device has a usable token; it doubles with each refusal. */
    refusedPauseFirstMs: 30_000,
    /** Where that doubling ends. A pause never outlasts the token. */
    refusedPauseMaxMs: 300_000,
    /** After a refusal that leads to no replacement, where nothing says when to ask again. */
    suspendedMs: 5_000,
    /** So long an earlier pair with a sign-in is tried before one without: an Adobe Pass that forgot it may come back. */
    earlierFirstForMs: 2_592_000_000,
    /** When a caller may ask again after the cache changed its answers, or could not be asked. */
    cacheRetryMs: 1_000,
    /** When a caller may ask again after a record could not be opened, which a person has to see to. */
    unreadableRetryMs: 10_000,
    /** A call that may bind a viewer does not mark the pair again so soon: a viewer who tries again is the same viewer. */
    boundMarkFreshMs: 60_000,
    /** A sign-in that an answer shows is noted once in this time: to the day is enough to tell which pair is in use. */
    signInMarkFreshMs: 86_400_000,
  },
  /** Calls of callers. */
  calls: {
    /** From the start of a call to its end, whatever happens in between. */
    deadlineMs: 15_000,
    /** Repetitions of one call to the API of Adobe Pass, beyond its first attempt. */
    retries: 2,
    /** The pause before the first of them; it doubles with each. */
    backoffFirstMs: 200,
    /** When a caller whose deadline came first may ask again. */
    retryAfterMs: 1_000,
    /** When a caller may ask again, elsewhere, while this process shuts down. */
    closedRetryMs: 1_000,
    /** How long the configuration of a service provider is kept: its providers change rarely, and Adobe Pass asks for a cache. */
    configurationMs: 120_000,
    /** Configurations kept. */
    configurations: 200,
    /** A configuration that old is still served while a newer one is on its way: nobody waits for another's throttle. */
    configurationServedMs: 600_000,
    /** How often a sign-in is asked for, where the caller does not say. */
    pollMs: 5_000,
    /** And never more often: Adobe Pass wants three seconds at least between two questions. */
    shortestPollMs: 3_000,
    /** The life of a code where nobody says: that of all of Adobe's samples. */
    codeLifeMs: 1_800_000,
    /** Devices whose codes are remembered, to tell waiting callers of a newer one. */
    signIns: 10_000,
    /** What preauthorize has permitted, where a caller wants it kept: it only decides what the viewer sees. */
    permitsMs: 60_000,
    /** Devices whose permits are kept. */
    permits: 10_000,
  },
  /** The way to Adobe Pass. */
  upstream: {
    /** Adobe Pass moves its traffic by DNS, and wants it followed within this time: no socket is used longer. */
    socketLifeMs: 30_000,
    /** An idle socket is not looked at, so it ends sooner. */
    idleSocketMs: 10_000,
    /** Exchanges on the wire at once. */
    concurrentExchanges: 512,
    /** So many of them are kept for calls that have a token: who is signed in does not wait for a rush of new devices. */
    keptForTokens: 64,
    /** The largest answer that is read. */
    maxResponseBytes: 2_097_152,
    /** Adobe Pass takes so many calls of an address at once: of one more, what comes of it decides about the next. */
    addressBurst: 10,
    /** And then so many a second: the pace of an address after a 429. */
    addressPerSecond: 1,
    /** That pace doubles after so many answers in a row: for one caller's deadline nothing is tried. */
    answersToTrust: 15,
    /** Calls that wait for the turn of their address; the others are told at once when to come again. */
    waitingPerAddress: 64,
    /** A second page of the gateway instead of an answer, within this time, concerns the address: one concerns the request. */
    forbiddenTogetherMs: 10_000,
    /** Addresses that are remembered, throttled or not. */
    throttledAddresses: 10_000,
    /** What was asked of the other processes about an address beside an earlier step counts for so long. */
    lookedAheadMs: 1_000,
  },
  /** What stands between a new device and its registration. */
  admission: {
    /** The user's function that supplies the software statement has so long: less than a caller waits, who is told what is missing. */
    statementTimeoutMs: 10_000,
    /** When a caller may ask again after that function failed. */
    statementRetryMs: 5_000,
    /** What that function gave counts for so long: a rush asks it once a second, and a new statement is soon used. */
    statementFreshMs: 1_000,
    /** A statement that worked is believed to be rejected after so many answers in a row: one may be a mistake. */
    statementRejections: 3,
    /** How far apart these answers are: an Adobe Pass that is confused for a moment proves nothing. */
    statementRejectionGapMs: 1_000,
    /** A process that dies while it finds this out keeps the others from it for so long; it outlasts an upstream call. */
    statementProbeLeaseMs: 5_000,
    /** A device waits so long for what comes of it: the lease that it holds soon ends. Then it comes again, or its callers are told. */
    statementPatienceMs: 4_000,
    /** A rejected statement is tried so often, by one device of the fleet: soon enough once Adobe Pass takes it again. */
    statementProbeEveryMs: 15_000,
    /** How long it takes a process that registers devices to see what the others found out about the statement. */
    statementLookEveryMs: 500,
    /** What is known of a statement is kept in the cache for so long: a server that starts believes no first rejection. */
    statementKeptMs: 2_592_000_000,
    /** Tries to write that while other processes write it too. */
    statementAttempts: 3,
    /** When a caller may ask again at the earliest whom the queue for registration turned away: else once the queue is served. */
    queueRetryMs: 2_000,
    /** Nobody is let into that queue who could not be served within this time, in which callers wait. */
    queueDeadlineMs: 15_000,
    /** Register calls on the wire at once, until it is seen how Adobe Pass bears them; it doubles while devices wait. */
    concurrentAtFirst: 64,
    /** Trouble never makes it less than so many: with fewer it would take minutes to see that the trouble is over. */
    concurrentAtLeast: 8,
    /** This part of what a process may register is kept for networks that have used less than one address may. */
    keptForOtherNetworksPart: 0.25,
    /** Addresses whose allowance is remembered. */
    countedAddresses: 20_000,
  },
  /** What decides whether a pair that Adobe Pass refuses is dead, so that another may take its place. */
  replacement: {
    /** So often must Adobe Pass refuse the pair. */
    refusals: 3,
    /** So far apart at least: an Adobe Pass that is confused for a moment proves nothing. */
    refusalGapMs: 1_000,
    /** Up to so much more, so that devices that were refused together do not ask together. */
    refusalSpreadMs: 250,
    /** After so many refusals the pair is asked for less often: what is missing is not a refusal. */
    eagerRefusals: 6,
    /** How often then. */
    patientGapMs: 5_000,
    /** Refusals that are further apart belong to two stories. */
    evidenceGapMs: 60_000,
    /** Who has not enough evidence after so long begins anew: the first refusal says nothing of Adobe Pass today. */
    evidenceMs: 180_000,
    /** When its callers may ask again then. */
    evidenceRetryMs: 30_000,
    /** Other pairs, no younger, that this process must have had a token for since the first refusal. */
    witnesses: 3,
    /** Where fewer are that old, younger ones count too, and the refusals span so long: longer than most hiccups. */
    spanWithYoungerMs: 30_000,
    /** Where this process knows fewer at all: only time is left to tell a dead pair from a mistake. */
    spanWithFewMs: 60_000,
    /** Early renewals that seek witnesses, in the time below: they are calls that Adobe Pass did not have to answer. */
    witnessCalls: 3,
    /** Over this time they are counted. */
    witnessCallsMs: 5_000,
    /** Issued tokens that are remembered: three are enough, if they are old enough. */
    issuedRemembered: 512,
    /** Refused pairs that this process remembers; beyond that there is an incident anyhow. */
    suspects: 20_000,
    /** A process that has met no refusal for so long reads and writes nothing of all this but its counts. */
    awakeMs: 60_000,
    /** What was seen of the fleet's records counts for so long; it bounds what an incident costs the cache. */
    lookEveryMs: 1_000,
    /** Tries to write one of these records while others write it too. */
    recordAttempts: 5,
    /** A pair that was refused counts for so long, unless it gets a token. */
    refusedKeptMs: 600_000,
    /** A refusal is noted again only after so long: often enough to be kept, seldom enough to cost nothing. */
    refusedNotedEveryMs: 120_000,
    /** Refused pairs in one of sixteen records: a record holds 16 KiB. The rest is counted. */
    refusedPerRecord: 256,
    /** An incident: so many pairs were refused for the first time in the time below. */
    newlyRefused: 3,
    /** And they are more than this part of the devices that asked in it. */
    newlyRefusedPart: 0.05,
    /** The time in which both are counted. */
    newlyRefusedMs: 60_000,
    /** An incident too: more pairs than this count as refused. */
    refused: 5,
    /** And they are more than this part of the devices that were served. */
    refusedPart: 0.02,
    /** Devices that were served are counted over this time and the same before it: a token of six hours is renewed within. */
    servedCountedMs: 10_800_000,
    /** How often a process says how many devices asked, and how many were served. */
    countsEveryMs: 60_000,
    /** What it said of those that asked counts for so long: twice the time between, so that one late word is no gap. */
    askedKeptMs: 120_000,
    /** What it said of those that were served counts for so long: a process that is quiet has not gone. */
    servedKeptMs: 600_000,
    /** Processes that are counted: a record holds 16 KiB. */
    processesCounted: 200,
    /** An incident ends so long after the last process saw its cause. */
    incidentMs: 15_000,
    /** How often who sees the cause says so: one word may be lost. */
    incidentRenewedEveryMs: 5_000,
    /** During an incident one refused device of the fleet asks in this time, for all; once served, all may ask for so long. */
    probeMs: 5_000,
    /** A process that has probed leaves the others so much time to be next. */
    probeLeadMs: 1_000,
    /** And its own other devices so much more. */
    probeOtherDeviceMs: 1_000,
    /** When a caller may ask again during an incident. */
    incidentRetryMs: 1_000,
    /** Up to so much more: not all at the same instant. */
    incidentRetrySpreadMs: 2_000,
    /** A process that had a token for an older pair within this time need not wait: its way to Adobe Pass works. */
    pathWorksMs: 10_000,
    /** A place among those whose pair may be changed is taken for so long. */
    placeMs: 300_000,
    /** There are so many places: whatever goes wrong, no more viewers than that are signed out in that time. */
    places: 5,
    /** Or this part of the devices that the busiest process served, if that is more. */
    placesPart: 0.001,
    /** Places that are tried before all count as taken. */
    placeTries: 5,
    /** A device whose pair was changed so often is not changed again. */
    changes: 2,
    /** Without the operator's word, for so long. */
    changesKeptMs: 86_400_000,
    /** The longest that the operator's word counts: it is meant for an incident, not for a season. */
    allowedAtMostMs: 86_400_000,
  },
  /** Putting back what a cache has lost. */
  recovery: {
    /** After a new pair was stored it is looked for: by then a failover that loses it has begun, or has ended. */
    checkNewPairsAfterMs: [2_000, 30_000] as readonly number[],
    /** After a reconnection: the other processes have heard of it too, and have put their pairs back. */
    heldOffAfterReconnectMs: 2_000,
    /** Longer than it takes every process to notice, shorter than a caller's patience: new devices wait, and are served. */
    heldOffAfterLossMs: 10_000,
    /** Whoever finds an empty cache cannot tell whether it is new: whoever knows better has looked by then, and has said so. */
    heldOffAsNewMs: 2_000,
    /** How long it takes a process at most to see that everything was lost, or that another has found a loss. */
    lookEveryMs: 1_000,
    /** How often the neighbours of all ranges are looked at where nothing gives a reason: 128 reads of a process. */
    neighboursEveryMs: 60_000,
    /** Nor more often than this where only the record of the key space does: one that flaps must cost the cache little. */
    neighboursAtMostEveryMs: 5_000,
    /** How often a process tells the others of losses that it finds. */
    tellLossEveryMs: 10_000,
    /** The number by which an old copy of the cache is known is raised so often, by one process of all. */
    tickEveryMs: 60_000,
    /** Up to so much later, so that not all do at once. */
    tickSpreadMs: 10_000,
    /** How often a process that puts pairs back says that it still does. */
    extendHoldEveryMs: 3_000,
    /** And for how long that counts: longer than the time between, and than it takes every process to look. */
    extendHoldForMs: 6_000,
    /** What is held off beyond what was said is said so soon: the parts of a cache are found lost one after the other. */
    tellHoldAgainMs: 100,
    /** Registrations go on if no pair has come back for so long: one that can never be stored must not stop the fleet. */
    stalledAfterMs: 30_000,
    /** And after so long in any case. */
    heldOffAtMostMs: 600_000,
    /** The operator's word that registrations go on stands for so long: every process has heard it by then. */
    allowedForMs: 15_000,
    /** A hold that another process began is looked at again after so long. */
    holdRetryMs: 500,
    /** Tries to write the record of a hold while others write it too. */
    holdAttempts: 5,
    /** Devices that were held off go on in turns, so far apart: the cache has just come back. */
    releaseEveryMs: 20,
    /** So many in one turn. */
    releasedAtOnce: 100,
    /** Pairs that are looked for at once, at least: what any cache can bear. */
    looksAtLeast: 8,
    /** And at most, while its answers stay within the time below. */
    looksAtMost: 256,
    /** Times the usual: an answer that takes longer says that fewer are to be looked for at once. */
    slowerThanUsual: 2,
    /** The usual time counts as this at least: below, a process measures only itself. */
    usualAtLeastMs: 1,
    /** What is usual is taken to be so many times longer at each beginning: a cache may have become slower. */
    usualForgotten: 1.1,
    /** So many looks in a row without an answer are a cache that is away, or as many as were made at once if those are more. */
    failuresThatStop: 8,
    /** The pause after a look that the cache did not answer, and so much longer after each: of this device, or of all where it is away. */
    failurePauseMs: 500,
    /** Where that growth ends. */
    failurePauseMaxMs: 30_000,
    /** `close()` goes on putting pairs back for so long, if it is not told otherwise: servers are commonly given 30 seconds to end. */
    closeGraceMs: 15_000,
    /** The longest that it can be told: within this, whoever ends a server will have lost patience. */
    closeGraceMaxMs: 300_000,
  },
  /** The cache. */
  cache: {
    /** A read that takes longer has failed. */
    readTimeoutMs: 1_000,
    /** A write may wait for a disk or a replica. */
    swapTimeoutMs: 2_000,
    /** One batch of keys: a large store may have to look at many others to fill it. */
    listTimeoutMs: 60_000,
    /** When a caller may ask again after the cache failed. */
    retryAfterMs: 1_000,
    /** Tries to read or make the record of the key space while others do too. */
    keySpaceAttempts: 3,
    /** Tries of `pass.forget` to write a record while others write it. */
    forgetAttempts: 10,
    /** Forgotten devices that are named to the others; who has missed more looks at all that it knows. */
    forgottenNamed: 256,
  },
  /** What this process knows of devices. */
  devices: {
    /** A pair this young may not have reached every replica of the cache: this process keeps it, to put it back. */
    youngPairMs: 600_000,
    /** Devices that are looked at to find one that makes room for another: no insertion scans the memory. */
    looksForRoom: 64,
    /** Devices that are looked at to find those whose renewal is nearest: a memory of a million is not searched. */
    looksForWitnesses: 1_000,
    /** The clock of the system was set, or the machine was suspended, where it moves by so much beside the monotonic one: every token is then renewed at its next use. */
    clockStepMs: 60_000,
    /** How often the two clocks are compared, by the requests that come: more often would tell nobody more. */
    clockLookEveryMs: 1_000,
    /** Devices whose tags are computed in one go, to find those that were forgotten: some 15 ms of the processor. */
    tagsAtOnce: 5_000,
  },
  /** `pass.readiness()` and its findings. */
  readiness: {
    /** Probes commonly wait a second. */
    answerWithinMs: 800,
    /** A probe each second, and each call that a strict server turns away, must cost the store little. */
    rememberedMs: 5_000,
    /** The clock of this process differs from that of Adobe Pass by so much: a warning. */
    driftWarningMs: 30_000,
    /** By so much: an error. */
    driftErrorMs: 300_000,
    /** A difference counts once it was seen twice, so far apart: an answer may have been held up. */
    driftConfirmedAfterMs: 1_000,
    /** What was seen of the clocks counts for so long. */
    driftKeptMs: 600_000,
    /** How often a process that registers devices notes that it uses the key space. */
    userNotedEveryMs: 600_000,
    /** Who has not noted for so long is not counted: it may be gone, or registers nobody. */
    userCountedMs: 1_500_000,
    /** The record of the users is kept for so long. */
    usersKeptMs: 3_600_000,
    /** A rolling deployment may use two registered applications side by side for so long. */
    rollingDeploymentMs: 1_800_000,
    /** A request that was sent on without a client's address is a finding for so long, unless another one is. */
    proxyTrustKeptMs: 3_600_000,
    /** A warning that any device can cause is told at most so often, with how often it was met. */
    deviceWarningEveryMs: 600_000,
    /** Users that are noted. */
    users: 16,
    /** Tries to write that record while others write it too. */
    userAttempts: 3,
  },
  /** The operator's words. */
  operator: {
    /** Records a second that `pass.reseal` handles, if it is not told otherwise. */
    resealRecordsPerSecond: 1_000,
    /** Records that it handles at once. */
    resealAtOnce: 16,
    /** Tries to seal one record anew while others write it. */
    resealAttempts: 3,
    /** Tries of `pass.restore` while others write the record. */
    restoreAttempts: 5,
  },
};

/** The ceilings of `PassOptions.limits`, where the user sets no others. They keep invented devices from Adobe Pass. */
const limits = {
  /** Devices kept in memory, at some 1.3 kB each. */
  devices: 250_000,
  /** Register calls on the wire at once, at most: the way to Adobe Pass has 64 more, for calls that have tokens. */
  concurrentRegistrations: 448,
  /** Devices that wait for such a place, at most, which bounds the memory; fewer, where not so many could be served in time. */
  queuedRegistrations: 20_000,
  /** New registrations from one address (IPv6: one /64): a large household at once, then one in two seconds. */
  registrationsPerAddress: { burst: 30, perSecond: 0.5 },
  /** New registrations of this process: a kick-off. */
  registrationsPerProcess: { burst: 2_000, perSecond: 200 },
  /** Resources in one call of preauthorize, as Adobe Pass has it by default. */
  resourcesPerPreauthorize: 5,
};

type Frozen<Value> = Value extends readonly (infer Item)[]
  ? readonly Item[]
  : { readonly [Name in keyof Value]: Value[Name] extends object ? Frozen<Value[Name]> : Value[Name] };

/** Every duration and limit that is policy, in groups. Milliseconds where a name ends in `Ms`. */
export type Timing = Frozen<typeof defaults>;

/** What a server runs with. */
export const defaultTiming: Timing = Object.freeze({
  machine: Object.freeze(defaults.machine),
  calls: Object.freeze(defaults.calls),
  upstream: Object.freeze(defaults.upstream),
  admission: Object.freeze(defaults.admission),
  replacement: Object.freeze(defaults.replacement),
  recovery: Object.freeze({
    ...defaults.recovery,
    checkNewPairsAfterMs: Object.freeze(defaults.recovery.checkNewPairsAfterMs),
  }),
  cache: Object.freeze(defaults.cache),
  devices: Object.freeze(defaults.devices),
  readiness: Object.freeze(defaults.readiness),
  operator: Object.freeze(defaults.operator),
});

/** Each is an option of its own: `PassOptions.limits`. */
export const defaultLimits: Frozen<typeof limits> = Object.freeze({
  ...limits,
  registrationsPerAddress: Object.freeze(limits.registrationsPerAddress),
  registrationsPerProcess: Object.freeze(limits.registrationsPerProcess),
});
