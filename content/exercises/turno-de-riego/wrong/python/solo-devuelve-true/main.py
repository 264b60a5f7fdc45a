def puede_regar(casa, dia, humedad):
    turno = casa % 2 == dia % 2
    if dia != 31 and (humedad < 10 or turno and humedad < 40):
        return True
