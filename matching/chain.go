package matching

// chain lists pairs of three-digit industries that buy from each other: a
// mentor one step up or down the chain knows the same buyers, freight and
// rules. Each pair counts both ways. The table is ours; docs/scoring.md argues
// it. Wholesale and retail are left to their product families.
var chain = [][2]uint16{
	{111, 311}, {112, 311}, {114, 311}, {111, 312}, {115, 111}, {115, 112}, {112, 316}, {111, 313}, // farm and sea to food, drink, fibre, leather
	{311, 312}, {311, 722}, {312, 722}, {325, 111}, // kitchens; fertiliser and crop protection
	{113, 321}, {113, 322}, {321, 322}, {321, 337}, {321, 236}, // forest to wood, paper, furniture, houses
	{313, 314}, {313, 315}, {314, 315}, {316, 315}, // textiles, clothing, leather
	{322, 323}, {322, 311}, {326, 311}, {323, 513}, // paper, print, packaging
	{211, 324}, {211, 325}, {324, 325}, {325, 326}, {325, 339}, {326, 336}, {326, 339}, // oil, chemicals, plastics
	{212, 327}, {212, 331}, {327, 236}, {327, 237}, {331, 332}, {332, 333}, {332, 336}, {332, 236}, // ores, minerals, metals
	{333, 336}, {333, 111}, {333, 332}, {334, 333}, {334, 335}, {334, 336}, {335, 336}, {335, 221}, {334, 517}, // machines and electronics
	{339, 621}, {339, 622}, {325, 621}, // medical supplies
	{236, 238}, {237, 238}, {236, 237}, {541, 236}, {541, 237}, // building and engineering
	{484, 493}, {484, 488}, {483, 488}, {481, 488}, {482, 488}, {488, 493}, {484, 492}, // freight
	{513, 518}, {518, 541}, {517, 518}, {512, 513}, {512, 516}, // software, data, media
	{721, 722}, {721, 561}, {711, 721}, {712, 721}, {485, 721}, // travel
	{221, 562}, {562, 331}, {562, 326}, {541, 221}, {541, 562}, // energy, waste, recycling
	{541, 561}, {522, 524}, {524, 541}, // business services
	{611, 541}, {621, 622}, {622, 623}, // training, care
}

// links is the table as bits, by small numbers for the industries in it.
type links struct {
	number [1000]uint8 // three-digit code -> number; 0 for one that is in no pair
	near   [128][2]uint64
}

var chained = func() (l links) {
	next := uint8(0)
	number := func(code uint16) uint8 {
		if l.number[code] == 0 {
			next++
			l.number[code] = next
		}
		return l.number[code]
	}
	for _, p := range chain {
		a, b := number(p[0]), number(p[1])
		l.near[a][b>>6] |= 1 << (b & 63)
		l.near[b][a>>6] |= 1 << (a & 63)
	}
	return l
}()

// neighbours tells whether two three-digit industries are a step apart.
func neighbours(a, b uint16) bool {
	if max(a, b) >= uint16(len(chained.number)) {
		return false
	}
	i, j := chained.number[a], chained.number[b]
	return chained.near[i&127][j>>6&1]>>(j&63)&1 == 1 && i != 0 && j != 0
}
